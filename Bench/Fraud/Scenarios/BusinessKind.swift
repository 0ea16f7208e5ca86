// SPDX-License-Identifier: Apache-2.0

/// The kinds of businesses, five of each in a seed.
enum BusinessKind: String, CaseIterable {
    /// Nine to half past five, calls at home, sometimes to neighbours.
    case office
    /// A dialler calls all day; two or three countries.
    case callCentre = "call-centre"
    /// Guests call home from their rooms, by day and night, to many countries.
    case hotel
    /// Open day and night, three to six extensions.
    case shop24 = "24-h-shop"
    /// Most calls go abroad, also to countries that lists of fraud name; evenings too.
    case salesTeam = "sales-team"
    /// Field offices in Africa; some have satellite phones.
    case charity
    /// Staff on journeys with a softphone.
    case consultancy
    /// Three times the calls in one week.
    case seasonal
    /// Opens a branch in a country that it never called before.
    case newBranch = "new-branch"
    /// Calls begin on the day on which its numbers came, with a hundred tests.
    case portIn = "port-in"
    /// A clinic that faxes in bursts.
    case faxBursts = "fax-bursts"
    /// An agency whose meetings are on bridges abroad, for hours.
    case conferences
}
