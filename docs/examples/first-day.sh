# What the tutorial does, in one go and without words: makes an authority in ./authority with BOD 17-01 and the sample of
# the KEV catalogue, and lets this user's client follow it, from the folder. The keys in ./keys have no passphrases: this is
# for trying things out. Run it as an ordinary user, in an empty folder with a copy of docs/examples as ./examples.
set -eu
mkdir keys
for name in officer-1 officer-2 officer-3 root-1 root-2 targets-1 targets-2 snapshot timestamp; do
  interdict-publisher key new "keys/$name.key" --label "$name" --unencrypted
done
interdict-publisher init authority \
  --root-key keys/root-1.key --root-key keys/root-2.key --targets-key keys/targets-1.key --targets-key keys/targets-2.key \
  --snapshot-key keys/snapshot.key --timestamp-key keys/timestamp.key \
  --issuer dhs --issuer-name "Department of Homeland Security" --prefix BOD --prefix ED --prefix KEV \
  --officer keys/officer-1.key --officer keys/officer-2.key --officer keys/officer-3.key --threshold 2 > founding.txt
interdict-publisher import kev examples/kev-sample.json --issuer dhs --output KEV.json
sign() {
  interdict-publisher sign "$1" --key keys/officer-1.key --repo authority --output "$2" --yes
  interdict-publisher sign "$2" --key keys/officer-2.key --repo authority --yes
}
sign examples/directives/bod-17-01.draft.jsonc BOD-17-01.1.envelope.json
sign KEV.json KEV.1.envelope.json
interdict-publisher publish BOD-17-01.1.envelope.json KEV.1.envelope.json --repo authority
interdict setup authority/public --name dhs --agency "Example Agency"
interdict trust authority/public/metadata/1.root.json --name dhs --fingerprint "$(awk '/^fingerprint/ { print $2 }' founding.txt)"
interdict sync
