// SPDX-License-Identifier: Apache-2.0

import Model

/// What attackers try first: the head of every leaked list, the defaults of phone systems, and what can be derived from
/// the account itself.
enum CommonPasswords {
    static func all(for device: Device, domain: DomainName) -> [String] {
        derived(number: device.number.text, username: device.username, domain: domain.text) + common
    }

    /// What a guesser makes of a number and a name, with the habits of people who choose passwords for phones.
    static func derived(number: String, username: String, domain: String) -> [String] {
        let company = domain.split(separator: ".").first.map(String.init) ?? domain
        let years = ["2023", "2024", "2025", "2026"]
        return [
            number, number + number, String(number.reversed()), number + "!", "1" + number, number + "1", "0" + number,
            number + "123", "abc" + number, "ext" + number, "Ext" + number, "sip" + number, "phone" + number,
            "pass" + number, "password" + number, "secret" + number, number + "abc", number + number + number,
            username, String(username.reversed()), username + "1", username + "123",
            company, company + number, company + "123", company + "1", company + "!", domain,
        ] + years.flatMap { [number + $0, company + $0] }
    }

    /// In the order in which the most frequent come first.
    static let common: [String] = """
        123456 1234 12345 123456789 12345678 1234567890 1234567 123123 000000 111111 0000 1111 password Password
        password1 Password1 passw0rd P@ssw0rd P@ssword qwerty qwerty123 abc123 admin admin123 administrator root toor
        letmein welcome Welcome1 changeme changeit change default secret test test123 testing guest user demo temp
        temp123 iloveyou monkey dragon master sunshine princess football baseball superman batman shadow michael
        654321 666666 888888 777777 999999 555555 222222 333333 444444 121212 112233 123321 131313 159753 147258
        987654321 9876543210 0987654321 00000000 11111111 88888888 12341234 11223344 1q2w3e4r 1qaz2wsx q1w2e3r4
        qazwsx zxcvbn zxcvbnm asdfgh asdfghjkl qwertyuiop 1q2w3e 1q2w3e4r5t aa123456 a123456 123456a 123qwe 123abc
        abcd1234 abc12345 asd123 qwe123 pass pass123 pass1234 p4ssword password12 password123 password1234 Passw0rd
        asterisk asterisk123 Asterisk freepbx FreePBX elastix trixbox 3cx pbx pbx123 pbxadmin voip voip123 voip1234
        sip sip123 sip1234 sipsip phone phone123 telephone telefon telefono telefone extension extension1 ext ext123
        polycom yealink cisco cisco123 grandstream snom mitel avaya aastra fanvil gigaset linksys 456 789 1010 2020
        2000 2580 1212 1004 4321 1122 1313 2222 3333 4444 5555 6666 7777 8888 9999 6969 1478 0852 2468 1357 9876
        service support helpdesk reception office company business trustno1 hello hello123 access login system server
        manager operator security internet computer network wireless summer winter spring autumn monday friday
        Summer2024 Summer2025 Winter2024 Winter2025 Spring2025 Autumn2025 hunter2 correcthorsebatterystaple
        """.split(whereSeparator: \.isWhitespace).map(String.init)
}
