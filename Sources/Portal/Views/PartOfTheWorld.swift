// SPDX-License-Identifier: Apache-2.0

import Model

/// Where countries are, as a list of them is read (the regions of the United Nations' M49, with Asia and Oceania apart).
enum PartOfTheWorld: String, CaseIterable {
    case europe = "Europe"
    case northAmerica = "North America and the Caribbean"
    case latinAmerica = "Central and South America"
    case africa = "Africa"
    case asia = "Asia"
    case oceania = "Oceania"
    case none = "No country"

    init(_ region: Region) { self = Self.table[region.text] ?? (region == .international ? .none : .oceania) }

    private static let table: [String: PartOfTheWorld] = {
        var table: [String: PartOfTheWorld] = [:]
        for (part, letters) in lists {
            for name in letters.split(separator: " ") { table[String(name)] = part }
        }
        return table
    }()

    private static let lists: [(PartOfTheWorld, String)] = [
        (
            .europe,
            "AD AL AT AX BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK"
        ),
        (
            .northAmerica,
            "AG AI AW BB BL BM BQ BS CA CU CW DM DO GD GL GP HT JM KN KY LC MF MQ MS PM PR SX TC TT US VC VG VI"
        ),
        (.latinAmerica, "AR BO BR BZ CL CO CR EC FK GF GT GY HN MX NI PA PE PY SR SV UY VE"),
        (
            .africa,
            "AC AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TA TD TG TN TZ UG YT ZA ZM ZW"
        ),
        (
            .asia,
            "AE AF AM AZ BD BH BN BT CN GE HK ID IL IN IO IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE"
        ),
        (
            .oceania,
            "AS AU CC CK CX FJ FM GU KI MH MP NC NF NR NU NZ PF PG PW SB TK TO TV VU WF WS"
        ),
    ]
}
