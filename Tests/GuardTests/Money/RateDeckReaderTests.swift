// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import TestKit
import Testing

@Suite("Price lists of providers")
struct RateDeckReaderTests {
    private static func read(
        _ text: String,
        currency: String = "EUR",
        order: RateDeckReader.DayOrder? = nil
    ) throws -> RateDeckImport {
        let money = try #require(Currency(parsing: currency))
        return try RateDeckReader.read(
            Array(text.utf8),
            as: try .named("main"),
            version: 1,
            currency: money,
            order: order
        )
    }

    /// The problems, or none when it is read.
    private static func problems(_ text: String, order: RateDeckReader.DayOrder? = nil) throws -> [String] {
        do {
            _ = try read(text, order: order)
            return []
        } catch let faults as RateDeckFaults {
            return faults.faults.map { "\($0.line): \($0.problem)" }
        }
    }

    private static func rows(_ deck: RateDeck) -> [String] {
        deck.rates.map {
            "\($0.prefix) \($0.destination) \($0.tariff.setUp) \($0.tariff.perMinute) \($0.tariff.increments)"
        }
    }

    @Test("the formats of carriers and of their programs are read")
    func formats() throws {
        let cases: [(String, [String])] = [
            // A carrier, as a German Excel exports it.
            (
                "\u{FEFF}Vorwahl;Ziel;Preis pro Minute (EUR);Taktung\r\n49;Germany;0,0120;60/1\r\n4915;Germany Mobile;0,1;1/1\r\n",
                ["+49 Germany 0.00 0.012 60/1", "+4915 Germany Mobile 0.00 0.10 1/1"]
            ),
            // ASTPP.
            (
                "Code,Prepend,Destination,Connect Cost,Included Seconds,Per Minute Cost,Increment,Precedence\n53,,Cuba,0.05,0,0.9,60,0\n",
                ["+53 Cuba 0.05 0.90 60/60"]
            ),
            // Kazoo.
            (
                "prefix,rate_cost,iso_country_code,description\n1809,0.02,DO,Dominican Republic\n",
                ["+1809 Dominican Republic 0.00 0.02 60/60"]
            ),
            // CGRateS, in one table.
            ("Prefix\tConnectFee\tRate\tRateUnit\tRateIncrement\n44\t0\t0.001\t1s\t1s\n", ["+44 +44 0.00 0.06 1/1"]),
            // A wholesale carrier: titles above, interval 1 and N.
            (
                "Rates of Example Ltd.,,,,\n,,,,\nDial Code,Destination,Rate (EUR/min),Interval 1,Interval N\n\"44 7, 44-8\",\"UK \"\"Mobile\"\"\",€ 0.0321,30,6\n",
                ["+447 UK \"Mobile\" 0.00 0.0321 30/6", "+448 UK \"Mobile\" 0.00 0.0321 30/6"]
            ),
            // Country and area in columns of their own, with ranges.
            (
                "Country Code|Area Codes|Description|Price\n93|70-72,799|Afghanistan Mobile|0.3\n93||Afghanistan|0.2 EUR\n",
                [
                    "+93 Afghanistan 0.00 0.20 60/60", "+9370 Afghanistan Mobile 0.00 0.30 60/60",
                    "+9371 Afghanistan Mobile 0.00 0.30 60/60", "+9372 Afghanistan Mobile 0.00 0.30 60/60",
                    "+93799 Afghanistan Mobile 0.00 0.30 60/60",
                ]
            ),
        ]
        for (text, rows) in cases { #expect(Self.rows(try Self.read(text).deck) == rows) }
    }

    @Test("a prefix is read as people write it")
    func prefixes() throws {
        let cases = [
            ("44-7", ["+447"]), ("44 7", ["+447"]), ("+447", ["+447"]), ("00447", ["+447"]),
            ("1-264-497", ["+1264497"]),
            ("9370-9372", ["+9370", "+9371", "+9372"]), ("44-79", ["+4479"]), ("7-7", ["+77"]),
        ]
        for (text, prefixes) in cases {
            #expect(try Self.read("prefix;rate\n\(text);1\n").deck.prefixes.map(\.text) == prefixes, "\(text)")
        }
    }

    @Test(
        "what can be read in two ways, or in none, is refused with its line",
        arguments: [
            (
                "prefix;rate\n44;1\n371-379;1\n",
                "3: '371-379' may be a range or a number in two parts; write every prefix without a hyphen"
            ),
            (
                "prefix;rate\n4470-79;1\n",
                "2: '4470-79' may be a range or a number in two parts; write every prefix without a hyphen"
            ),
            (
                "prefix;rate\n44000-44999999;1\n",
                "2: '44000-44999999' may be a range or a number in two parts; write every prefix without a hyphen"
            ),
            ("prefix;rate\n440000-449999;1\n", "2: '440000-449999' stands for more than 1000 prefixes"),
            ("prefix;rate\n4.4E+11;1\n", "2: '4.4E+11' is no prefix with its country code"),
            ("prefix;rate\n07911;1\n", "2: '07911' is no prefix with its country code"),
            ("prefix;rate\n;1\n", "2: it has no prefix"),
            ("prefix;rate\n44;\n", "2: it has no price"),
            ("prefix;rate\n44;-1\n", "2: '-1' is no price"),
            ("prefix;rate\n44;1.234,5\n", "2: '1.234,5' is no price"),
            ("prefix;rate\n44;1,5\n45;1.5\n", "3: '1.5' has another sign before its decimals than line 2"),
            ("prefix;rate\n44;$ 1\n", "2: '$ 1' is not in EUR"),
            ("prefix;rate;currency\n44;1;USD\n", "2: it is in USD, but the budgets are in EUR"),
            ("prefix;rate\n44;2000000\n", "2: the price 2000000 is too high to be true"),
            ("prefix;rate;increment\n44;1;0/1\n", "2: its increments are not two numbers of seconds, such as 60/1"),
            ("prefix;rate\n44;1\n44;2\n", "3: +44 has another price than on line 2, from the same day on"),
            (
                "prefix;rate\n44;1\n44 ;1\n\"44, 44\";3\n",
                "4: +44 has another price than on line 2, from the same day on"
            ),
            ("prefix;rate;effective\n44;1;31.02.2026\n", "2: '31.02.2026' is no day; write 2026-11-29"),
            (
                "prefix;rate;effective\n44;1;3/4/2026\n",
                "2: a day with slashes may begin with the day or with the month; say which"
            ),
            (
                "prefix;rate;effective\n44;1;13/4/2026\n45;1;4/13/2026\n",
                "3: days are written the other way round than on line 2"
            ),
            ("prefix;rate;effective;end date\n44;1;2026-05-01;2026-04-01\n", "2: it ends before it begins"),
            ("prefix;rate;price\n44;1;2\n", "1: the columns 'rate' and 'price' could both be meant; delete one"),
            ("prefix;rate\n\"44;1\n", "2: a field that begins with a quotation mark does not end with one"),
            (
                "destination;rate\nUK;1\n",
                "0: no line of it names a column for the prefix and one for the rate per minute"
            ),
            ("prefix;rate\n", "0: it has no price"),
            ("PK\u{3}\u{4}", "0: it is no CSV in UTF-8, but a workbook or UTF-16; export it as CSV UTF-8"),
            ("", "0: no line of it names a column for the prefix and one for the rate per minute"),
        ]
    )
    func refused(_ text: String, _ problem: String) throws {
        #expect(try Self.problems(text).first == problem)
    }

    @Test("days mean the same whichever way a list writes them")
    func days() throws {
        let first = WallTime(milliseconds: 1_775_174_400_000)
        for day in [
            "2026-04-03", "2026/04/03", "03.04.2026", "03-Apr-2026", "2026-04-03 00:00:00", "2026-04-03T00:00:00Z",
        ] {
            #expect(
                try Self.read("prefix;rate;effective date\n44;1;\(day)\n").deck.rates.first?.from == first,
                "\(day)"
            )
        }
        #expect(
            try Self.read("prefix;rate;effective\n44;1;3/4/2026\n", order: .dayFirst).deck.rates.first?.from == first
        )
        #expect(
            try Self.read("prefix;rate;effective\n44;1;4/3/2026\n", order: .monthFirst).deck.rates.first?.from == first
        )
        #expect(try Self.read("prefix;rate;effective\n44;1;4/3/2026\n45;1;4/13/2026\n").deck.rates.first?.from == first)
        let ends = try Self.read("prefix;rate;valid to\n44;1;2026-04-02\n").deck.rates.first?.until
        #expect(ends == first, "the last day belongs to it")
    }

    @Test("a destination that the provider closed has no price, with or without one on its line")
    func closed() throws {
        let deck = try Self.read("prefix;rate;status\n49;1;no change\n4990;;BLOCKED\n4915;2;Discontinued\n").deck
        let answers = try ["+4930123456", "+4990123456", "+4915123456"].map {
            deck.answer(for: try #require(PhoneNumber(parsing: $0)), at: Till.noon)
        }
        #expect(answers.dropFirst() == [.withdrawn(deck.prefixes[2]), .withdrawn(deck.prefixes[1])])
        guard case .rated = answers[0] else {
            Issue.record("no price")
            return
        }
    }

    @Test("the report names what was not read, said twice, or costs nothing")
    func report() throws {
        let report = try Self.read("prefix,rate,margin\n44,1,x\n44,1,y\n45,0,z\n46,0.0000001,z\n")
        #expect(report.ignoredColumns == ["margin"])
        #expect((report.repeatedLines, report.freeRates, report.assumesMinutes) == (1, 1, true))
        #expect(report.deck.rates.last?.tariff.perMinute.micros == 1, "rounded up, and not to nothing")
    }

    @Test("names of destinations command no terminal, and are cut")
    func names() throws {
        let evil = "\u{202E}Cu\u{1B}[2Jba\u{200B}" + String(repeating: "ü", count: 100)
        let name = try #require(try Self.read("prefix;rate;destination\n53;1;\(evil)\n").deck.rates.first?.destination)
        #expect(name.hasPrefix("Cu[2Jba"))
        #expect(name.utf8.count <= 64)
    }

    @Test("the first twenty mistakes are named, and all are counted")
    func faults() throws {
        let text = "prefix;rate\n" + String(repeating: "x;1\n", count: 50)
        do {
            _ = try Self.read(text)
            Issue.record("it was read")
        } catch let faults as RateDeckFaults {
            #expect((faults.faults.count, faults.count) == (20, 50))
            #expect(faults.refusal.reason.hasSuffix("; and 30 more"))
        }
    }

    @Test("random bytes and altered lists are read or refused, and never trap")
    func fuzz() throws {
        var random = SplitMix(17)
        let seeds = [
            "prefix;rate;increment;effective;end;status\n44;1,5;60/1;2026-04-03;;new\n\"9370-9379,45\";2;1/1;1/2/2026;;\n",
            "Country Code,Area Codes,Price,Connect Fee,Rate Unit,Currency\n93,\"70-72\n\",0.3,0.1,60s,EUR\n",
        ]
        let pieces = Array("0123456789;,\"\n\r\t|-/.+ eE\u{FEFF}".utf8)
        for round in 0..<4_000 {
            var bytes = Array(seeds[round % 2].utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = pieces.randomElement(using: &random) ?? 0
                case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                default: bytes.remove(at: place)
                }
            }
            guard let deck = try? RateDeckReader.read(bytes, as: try .named("main"), version: 1, currency: .eur).deck
            else { continue }
            #expect(deck.count > 0)
        }
    }
}
