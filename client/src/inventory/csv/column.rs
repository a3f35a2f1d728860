//! The columns of a table, by their headings.

/// What a column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The component's name.
    Name,
    /// Its version.
    Version,
    /// Its vendor, publisher or supplier.
    Vendor,
    /// The product's name, where `name` is a package's.
    Product,
    /// A package URL.
    Purl,
    /// CPE names, blanks or `|` between several.
    Cpe,
    /// SHA-256 digests of its file, likewise.
    Sha256,
    /// CVE ids; commas and semicolons part them too.
    Cve,
    /// The kind of package, a package-URL type.
    Ecosystem,
    /// The machine.
    Host,
    /// Authenticode SHA-256 digests, as for CVE ids.
    Authenticode,
    /// Hashes of Apple code directories, as for CVE ids.
    CdHash,
    /// Paths, `|` or a line's end between several.
    Path,
    /// Processes, likewise.
    Process,
    /// Subjects of code signatures, likewise.
    Signer,
    /// Registry keys, likewise.
    RegistryKey,
    /// Apple teams, as for CVE ids.
    TeamId,
    /// Apple bundles, as for CVE ids.
    BundleId,
    /// Telephones' applications, as for CVE ids.
    AppId,
    /// Browsers' extensions, as for CVE ids.
    ExtensionId,
    /// Domains, as for CVE ids.
    Domain,
    /// Addresses, as for CVE ids.
    Ip,
    /// Autonomous systems, as for CVE ids.
    Asn,
    /// Container images, as for CVE ids.
    Image,
}

impl Column {
    /// All columns.
    pub const ALL: [Self; 24] = [
        Self::Name,
        Self::Version,
        Self::Vendor,
        Self::Product,
        Self::Purl,
        Self::Cpe,
        Self::Sha256,
        Self::Cve,
        Self::Ecosystem,
        Self::Host,
        Self::Authenticode,
        Self::CdHash,
        Self::Path,
        Self::Process,
        Self::Signer,
        Self::RegistryKey,
        Self::TeamId,
        Self::BundleId,
        Self::AppId,
        Self::ExtensionId,
        Self::Domain,
        Self::Ip,
        Self::Asn,
        Self::Image,
    ];

    /// The column of a heading, in any letter case, blanks and underscores alike.
    pub(in super::super) fn of(heading: &str) -> Option<Self> {
        let heading = heading.trim().to_lowercase().replace([' ', '-'], "_");
        Some(match heading.as_str() {
            "name" | "package" | "component" | "software" | "application" | "program" | "display_name"
            | "displayname" | "package_name" | "component_name" | "software_name" | "application_name"
            | "app_name" | "program_name" => Self::Name,
            "version"
            | "display_version"
            | "displayversion"
            | "package_version"
            | "software_version"
            | "installed_version"
            | "application_version" => Self::Version,
            "vendor"
            | "publisher"
            | "supplier"
            | "manufacturer"
            | "vendor_name"
            | "publisher_name"
            | "supplier_name"
            | "manufacturer_name"
            | "software_vendor"
            | "contractor"
            | "contractor_name"
            | "awardee"
            | "awardee_name"
            | "recipient_name"
            | "legal_business_name"
            | "oem"
            | "brand"
            | "approved_vendor"
            | "company"
            | "company_name" => Self::Vendor,
            "product" | "product_name" | "product_title" | "item" | "item_name" => Self::Product,
            "purl" | "package_url" => Self::Purl,
            "cpe" | "cpe23" | "cpes" => Self::Cpe,
            "sha256" | "sha_256" | "hash_sha256" | "file_sha256" => Self::Sha256,
            "cve" | "cves" | "cve_id" | "cve_ids" => Self::Cve,
            "ecosystem" | "type" | "package_type" => Self::Ecosystem,
            "host" | "hostname" | "asset" | "machine" | "computer" => Self::Host,
            "authenticode" | "authenticode_sha256" | "authentihash" => Self::Authenticode,
            "cdhash" | "cd_hash" => Self::CdHash,
            "path" | "paths" | "file_path" | "filepath" | "install_path" | "install_location"
            | "installlocation" | "install_dir" => Self::Path,
            "process" | "processes" | "process_name" | "image_name" => Self::Process,
            "signer" | "signers" | "signed_by" | "subject_name" | "certificate_subject" => Self::Signer,
            "registry_key" | "registry" | "registry_path" | "regkey" => Self::RegistryKey,
            "team_id" | "team_identifier" | "teamidentifier" | "apple_team_id" => Self::TeamId,
            "bundle_id" | "bundle_identifier" | "bundleidentifier" => Self::BundleId,
            "app_id" | "application_id" | "android_package" => Self::AppId,
            "extension_id" | "addon_id" | "browser_extension" => Self::ExtensionId,
            "domain" | "domains" | "fqdn" | "dns_name" => Self::Domain,
            "ip" | "ips" | "ip_address" | "ip_addresses" | "remote_address" => Self::Ip,
            "asn" | "as_number" => Self::Asn,
            "image" | "container_image" | "image_ref" => Self::Image,
            _ => return None,
        })
    }

    /// The heading as it is known here.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Version => "version",
            Self::Vendor => "vendor",
            Self::Product => "product",
            Self::Purl => "purl",
            Self::Cpe => "cpe",
            Self::Sha256 => "sha256",
            Self::Cve => "cve",
            Self::Ecosystem => "ecosystem",
            Self::Host => "host",
            Self::Authenticode => "authenticode",
            Self::CdHash => "cdhash",
            Self::Path => "path",
            Self::Process => "process",
            Self::Signer => "signer",
            Self::RegistryKey => "registry_key",
            Self::TeamId => "team_id",
            Self::BundleId => "bundle_id",
            Self::AppId => "app_id",
            Self::ExtensionId => "extension_id",
            Self::Domain => "domain",
            Self::Ip => "ip",
            Self::Asn => "asn",
            Self::Image => "image",
        }
    }

    /// Whether a row can be recognised by this column.
    pub(in super::super) const fn names_a_product(self) -> bool {
        !matches!(self, Self::Version | Self::Ecosystem | Self::Host)
    }
}
