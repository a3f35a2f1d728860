//! The civilian agencies of the executive branch, by acronym: 101 facts, so that one can be asked about by either name.
//!
//! They are those over which the authority of the Department of Homeland Security reaches (44 U.S.C. 3553), as its agency for
//! cybersecurity lists them. Nothing else is known of them here: neither their components nor their classes, so that the list alone
//! never makes a directive not bind.

/// Acronym and name.
const AGENCIES: [(&str, &str); 101] = [
    ("ABMC", "American Battle Monuments Commission"),
    ("ACHP", "Advisory Council on Historic Preservation"),
    ("ACUS", "Administrative Conference of the United States"),
    ("ADF", "African Development Foundation"),
    ("AFRH", "Armed Forces Retirement Home"),
    ("BGSF", "Barry Goldwater Scholarship and Excellence in Education Foundation"),
    ("CFA", "Commission of Fine Arts"),
    ("CFPB", "Consumer Financial Protection Bureau"),
    ("CFTC", "Commodity Futures Trading Commission"),
    ("CIGIE", "Council of the Inspectors General on Integrity and Efficiency"),
    ("CNCS", "Corporation for National and Community Service"),
    ("CPSC", "Consumer Product Safety Commission"),
    ("CSB", "Chemical Safety Board"),
    ("CSOSA", "Court Services and Offender Supervision Agency"),
    ("DENALI", "Denali Commission"),
    ("DFC", "United States International Development Finance Corporation"),
    ("DHS", "Department of Homeland Security"),
    ("DNFSB", "Defense Nuclear Facilities Safety Board"),
    ("DOC", "Department of Commerce"),
    ("DOE", "Department of Energy"),
    ("DOI", "Department of the Interior"),
    ("DOJ", "Department of Justice"),
    ("DOL", "Department of Labor"),
    ("DOS", "Department of State"),
    ("DOT", "Department of Transportation"),
    ("EAC", "Election Assistance Commission"),
    ("ED", "Department of Education"),
    ("EEOC", "Equal Employment Opportunity Commission"),
    ("EPA", "Environmental Protection Agency"),
    ("EXIM", "Export-Import Bank of the United States"),
    ("FCA", "Farm Credit Administration"),
    ("FCC", "Federal Communications Commission"),
    ("FCSIC", "Farm Credit System Insurance Corporation"),
    ("FDIC", "Federal Deposit Insurance Corporation"),
    ("FERC", "Federal Energy Regulatory Commission"),
    ("FHFA", "Federal Housing Finance Agency"),
    ("FLRA", "Federal Labor Relations Authority"),
    ("FMC", "Federal Maritime Commission"),
    ("FMCS", "Federal Mediation and Conciliation Service"),
    ("FMSHRC", "Federal Mine Safety and Health Review Commission"),
    ("FRB", "Board of Governors of the Federal Reserve"),
    ("FRTIB", "Federal Retirement Thrift Investment Board"),
    ("FTC", "Federal Trade Commission"),
    ("GCERC", "Gulf Coast Ecosystem Restoration Council"),
    ("GSA", "General Services Administration"),
    ("HHS", "Department of Health and Human Services"),
    ("HTSF", "Harry S Truman Scholarship Foundation"),
    ("HUD", "Department of Housing and Urban Development"),
    ("IAF", "Inter-American Foundation"),
    ("IBWC", "U.S. Section of International Boundary and Water Commission"),
    ("IMLS", "Institute of Museum and Library Services"),
    ("JMMFF", "James Madison Memorial Fellowship Foundation"),
    ("JUSFC", "Japan-United States Friendship Commission"),
    ("MCC", "Millennium Challenge Corporation"),
    ("MMC", "Marine Mammal Commission"),
    ("MSPB", "Merit Systems Protection Board"),
    ("NARA", "National Archives and Records Administration"),
    ("NASA", "National Aeronautics and Space Administration"),
    ("NCD", "National Council on Disability"),
    ("NCPC", "National Capital Planning Commission"),
    ("NCUA", "National Credit Union Administration"),
    ("NEA", "National Endowment for the Arts"),
    ("NEH", "National Endowment for the Humanities"),
    ("NLRB", "National Labor Relations Board"),
    ("NMB", "National Mediation Board"),
    ("NRC", "Nuclear Regulatory Commission"),
    ("NSF", "National Science Foundation"),
    ("NTSB", "National Transportation Safety Board"),
    ("NWTRB", "Nuclear Waste Technical Review Board"),
    ("OCC", "Office of the Comptroller of the Currency"),
    ("OGE", "Office of Government Ethics"),
    ("ONHIR", "Office of Navajo and Hopi Indian Relocation"),
    ("OPM", "Office of Personnel Management"),
    ("OSC", "Office of Special Counsel"),
    ("OSHRC", "Occupational Safety and Health Review Commission"),
    ("PBGC", "Pension Benefit Guaranty Corporation"),
    ("PC", "Peace Corps"),
    ("PCLOB", "Privacy and Civil Liberties Oversight Board"),
    ("PRC", "Postal Regulatory Commission"),
    ("PT", "Presidio Trust"),
    ("RRB", "Railroad Retirement Board"),
    ("SBA", "Small Business Administration"),
    ("SEC", "Securities and Exchange Commission"),
    ("SSA", "Social Security Administration"),
    ("SSAB", "Social Security Advisory Board"),
    ("SSS", "Selective Service System"),
    ("STB", "Surface Transportation Board"),
    ("TREAS", "Department of the Treasury"),
    ("TVA", "Tennessee Valley Authority"),
    ("UDALL", "Morris K. Udall and Stewart L. Udall Foundation"),
    ("USAB", "United States Access Board"),
    ("USAC", "United States AbilityOne Commission"),
    ("USAGM", "United States Agency for Global Media"),
    ("USAID", "United States Agency for International Development"),
    ("USCCR", "United States Commission on Civil Rights"),
    ("USDA", "United States Department of Agriculture"),
    ("USICH", "United States Interagency Council on Homelessness"),
    ("USIP", "United States Institute of Peace"),
    ("USITC", "United States International Trade Commission"),
    ("USTDA", "United States Trade and Development Agency"),
    ("VA", "Department of Veterans Affairs"),
];

/// The names of the agency that goes by this one, in any letter case: acronym and name.
pub(super) fn listed(name: &str) -> Option<(&'static str, &'static str)> {
    let is = |other: &str| other.eq_ignore_ascii_case(name);
    AGENCIES.into_iter().find(|(acronym, whole)| is(acronym) || is(whole))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_agency_is_found_by_either_name_and_no_two_share_one() {
        assert_eq!(listed("nasa"), Some(("NASA", "National Aeronautics and Space Administration")));
        assert_eq!(listed("department of energy"), Some(("DOE", "Department of Energy")));
        assert_eq!(listed("Department"), None);
        let names = AGENCIES.iter().flat_map(|(acronym, name)| [*acronym, *name]);
        assert_eq!(names.collect::<BTreeSet<_>>().len(), 2 * AGENCIES.len());
    }
}
