// SPDX-License-Identifier: Apache-2.0

import Model

/// Which column of a price list holds what, found by the names that carriers and their programs give the columns.
struct DeckColumns {
    enum Role: CaseIterable {
        case prefix, countryCode, areaCodes, destination, perMinute, setUp
        case increments, first, next, unit, from, until, status, currency
    }

    private var places: [Role: Int] = [:]
    /// Names of columns that are not read.
    private(set) var ignored: [String] = []
    /// Two columns that could both be a price or a prefix, by their names.
    private(set) var conflict: (String, String)?

    /// Whether there is a number and a price in it.
    var isWhole: Bool {
        places[.perMinute] != nil
            && (places[.prefix] != nil || places[.countryCode] != nil || places[.areaCodes] != nil)
    }

    var count: Int { places.count }

    /// - Parameter fields: The first line of the table.
    init(_ fields: [String], currency: Currency) {
        for (place, field) in fields.enumerated() {
            guard let role = Self.role(of: field, currency) else {
                if !field.isEmpty { ignored.append(String(field.prefix(Limits.shownTarget))) }
                continue
            }
            if let other = places[role] {
                if role != .destination { conflict = (fields[other], field) }
            } else {
                places[role] = place
            }
        }
        if places[.prefix] == nil, places[.countryCode] == nil {
            places[.prefix] = places.removeValue(forKey: .areaCodes)
        }
    }

    /// - Returns: `nil` for a column that is not there, and for a field that is empty.
    func field(_ role: Role, of row: SheetTable.Row) -> String? {
        guard let place = places[role], place < row.fields.count, !row.fields[place].isEmpty else { return nil }
        return row.fields[place]
    }

    func has(_ role: Role) -> Bool { places[role] != nil }

    /// By its letters alone, with and without what stands in brackets and the name of the currency.
    private static func role(of field: String, _ currency: Currency) -> Role? {
        let outside = String(field.prefix { $0 != "(" && $0 != "[" })
        let money = currency.code.lowercased()
        let names = [letters(field), letters(outside), letters(outside).replacing(money, with: "")]
        return names.lazy.compactMap { roles[$0] }.first
    }

    private static func letters(_ text: String) -> String {
        String(text.lowercased().filter { $0.isLetter || $0.isNumber }.prefix(64))
    }

    private static let roles: [String: Role] = {
        var roles: [String: Role] = [:]
        for role in Role.allCases { for name in names(of: role).split(separator: " ") { roles[String(name)] = role } }
        return roles
    }()

    private static func names(of role: Role) -> String {
        switch role {
        case .prefix:
            "prefix prefixes code codes dialcode dialcodes dialingcode diallingcode dialprefix dialingprefix destinationcode "
                + "destinationcodes destinationprefix breakoutcode phoneprefix numberprefix e164 vorwahl rufnummernbereich"
        case .countryCode: "countrycode cc countrycallingcode countryprefix countrydialcode landesvorwahl"
        case .areaCodes: "areacode areacodes citycode citycodes areaprefix ndc localcode localcodes"
        case .destination:
            "destination destinationname destinationdescription name description ratename country countryname zone zonename "
                + "location breakout ziel zielname land"
        case .perMinute:
            "rate price cost ratecost perminute permin min minute perminutecost perminuterate perminuteprice rateperminute "
                + "priceperminute costperminute ratepermin pricepermin costpermin ratemin pricemin costmin minuterate "
                + "minuteprice newrate newprice preis minutenpreis preisprominute preismin"
        case .setUp:
            "connectcost connectfee connectcharge connectionfee connectioncost connectionprice connectioncharge setup setupfee "
                + "setupcost setupprice setupcharge callsetup callsetupfee surcharge verbindungspreis verbindungsentgelt"
        case .increments:
            "increment increments billingincrement billingincrements billing billingterms billinginterval interval intervals "
                + "pulse takt taktung"
        case .first:
            "interval1 increment1 firstincrement firstinterval firstpulse initialincrement initialinterval initialpulse "
                + "initialblock minimumduration minduration minimumtime mintime minimum"
        case .next:
            "intervaln interval2 incrementn increment2 nextincrement nextinterval nextpulse subsequentincrement "
                + "subsequentinterval additionalincrement secondincrement finalpulse rateincrement"
        case .unit: "rateunit unit"
        case .from:
            "effectivedate effective effectivefrom validfrom from startdate start startsat begindate activationdate "
                + "activedate dateeffective gültigab"
        case .until:
            "enddate end endsat effectiveuntil effectiveto validuntil validto until to expirydate expirationdate expires "
                + "gültigbis"
        case .status: "status state action"
        case .currency: "currency curr ccy währung"
        }
    }
}
