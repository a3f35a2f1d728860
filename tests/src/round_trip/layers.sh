# A machine of a test's own: a layer in memory over the file system, and namespaces of its own for mounts, network and processes.
# $1 is an empty folder on which it is put together. Ends by becoming the first process of the machine.
set -e
mount --make-rprivate /
mount -t tmpfs -o mode=755 none "$1"
cd "$1"
mkdir layer work root
mount -t overlay overlay -o lowerdir=/,upperdir=layer,workdir=work root
mount -t proc proc root/proc
mount --rbind /sys root/sys
for folder in run dev; do mount -t tmpfs -o mode=755 none root/$folder; done
for folder in tmp var/tmp var/log; do mount -t tmpfs -o mode=1777 none root/$folder; done
mkdir root/dev/shm root/run/machine root/run/layer
for device in null zero full random urandom; do
  touch root/dev/$device
  mount --bind /dev/$device root/dev/$device
done
# What has changed on this machine, for comparing.
mount --bind layer root/run/layer
mkdir root/run/before
pivot_root root root/run/before
cd /
umount -l /run/before
rmdir /run/before
ip link set lo up
exec /usr/bin/python3 -I -c "$2"
