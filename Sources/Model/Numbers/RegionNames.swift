// SPDX-License-Identifier: Apache-2.0

/// The regions that have telephone numbers of their own, by the two letters of ISO 3166-1, with AC, TA and XK, which ISO reserves
/// or leaves to users. A region has a place here exactly when the number plan of `Guard` may name it.
enum RegionNames {
    /// The letters, two by two, in their order.
    static let codes: StaticString = """
        ACADAEAFAGAIALAMAOARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBWBYBZCACCCDCFCGCHCICKCLCMCNCO\
        CRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGTGUGWGYHKHNHRHT\
        HUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMN\
        MOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPRPSPTPWPYQARERORSRURWSASBSCSD\
        SESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTATCTDTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUSUYUZVAVCVEVGVIVNVUWFWSXK\
        YEYTZAZMZW
        """

    /// What people call them in English, one a line, in the same order. ASCII, because displays of phones show them.
    static let names: StaticString = """
        Ascension Island
        Andorra
        United Arab Emirates
        Afghanistan
        Antigua and Barbuda
        Anguilla
        Albania
        Armenia
        Angola
        Argentina
        American Samoa
        Austria
        Australia
        Aruba
        Aland Islands
        Azerbaijan
        Bosnia and Herzegovina
        Barbados
        Bangladesh
        Belgium
        Burkina Faso
        Bulgaria
        Bahrain
        Burundi
        Benin
        Saint Barthelemy
        Bermuda
        Brunei
        Bolivia
        Bonaire, Sint Eustatius and Saba
        Brazil
        Bahamas
        Bhutan
        Botswana
        Belarus
        Belize
        Canada
        Cocos Islands
        DR Congo
        Central African Republic
        Congo Republic
        Switzerland
        Ivory Coast
        Cook Islands
        Chile
        Cameroon
        China
        Colombia
        Costa Rica
        Cuba
        Cape Verde
        Curacao
        Christmas Island
        Cyprus
        Czechia
        Germany
        Djibouti
        Denmark
        Dominica
        Dominican Republic
        Algeria
        Ecuador
        Estonia
        Egypt
        Western Sahara
        Eritrea
        Spain
        Ethiopia
        Finland
        Fiji
        Falkland Islands
        Micronesia
        Faroe Islands
        France
        Gabon
        United Kingdom
        Grenada
        Georgia
        French Guiana
        Guernsey
        Ghana
        Gibraltar
        Greenland
        Gambia
        Guinea
        Guadeloupe
        Equatorial Guinea
        Greece
        Guatemala
        Guam
        Guinea-Bissau
        Guyana
        Hong Kong
        Honduras
        Croatia
        Haiti
        Hungary
        Indonesia
        Ireland
        Israel
        Isle of Man
        India
        British Indian Ocean Territory
        Iraq
        Iran
        Iceland
        Italy
        Jersey
        Jamaica
        Jordan
        Japan
        Kenya
        Kyrgyzstan
        Cambodia
        Kiribati
        Comoros
        Saint Kitts and Nevis
        North Korea
        South Korea
        Kuwait
        Cayman Islands
        Kazakhstan
        Laos
        Lebanon
        Saint Lucia
        Liechtenstein
        Sri Lanka
        Liberia
        Lesotho
        Lithuania
        Luxembourg
        Latvia
        Libya
        Morocco
        Monaco
        Moldova
        Montenegro
        Saint Martin
        Madagascar
        Marshall Islands
        North Macedonia
        Mali
        Myanmar
        Mongolia
        Macau
        Northern Mariana Islands
        Martinique
        Mauritania
        Montserrat
        Malta
        Mauritius
        Maldives
        Malawi
        Mexico
        Malaysia
        Mozambique
        Namibia
        New Caledonia
        Niger
        Norfolk Island
        Nigeria
        Nicaragua
        Netherlands
        Norway
        Nepal
        Nauru
        Niue
        New Zealand
        Oman
        Panama
        Peru
        French Polynesia
        Papua New Guinea
        Philippines
        Pakistan
        Poland
        Saint Pierre and Miquelon
        Puerto Rico
        Palestine
        Portugal
        Palau
        Paraguay
        Qatar
        Reunion
        Romania
        Serbia
        Russia
        Rwanda
        Saudi Arabia
        Solomon Islands
        Seychelles
        Sudan
        Sweden
        Singapore
        Saint Helena
        Slovenia
        Svalbard and Jan Mayen
        Slovakia
        Sierra Leone
        San Marino
        Senegal
        Somalia
        Suriname
        South Sudan
        Sao Tome and Principe
        El Salvador
        Sint Maarten
        Syria
        Eswatini
        Tristan da Cunha
        Turks and Caicos Islands
        Chad
        Togo
        Thailand
        Tajikistan
        Tokelau
        Timor-Leste
        Turkmenistan
        Tunisia
        Tonga
        Turkey
        Trinidad and Tobago
        Tuvalu
        Taiwan
        Tanzania
        Ukraine
        Uganda
        United States
        Uruguay
        Uzbekistan
        Vatican City
        Saint Vincent and the Grenadines
        Venezuela
        British Virgin Islands
        U.S. Virgin Islands
        Vietnam
        Vanuatu
        Wallis and Futuna
        Samoa
        Kosovo
        Yemen
        Mayotte
        South Africa
        Zambia
        Zimbabwe
        """
}
