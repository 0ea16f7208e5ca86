// SPDX-License-Identifier: Apache-2.0

import Admin
import Hummingbird
import Model

/// What this is, and whose work is in it.
enum AboutPage {
    static func show(_ asked: Routes.Asked) async throws -> Response {
        let visit = asked.visit
        let notice = String(decoding: PortalFiles.notice, as: UTF8.self)
        let licence = String(decoding: PortalFiles.licence, as: UTF8.self)
        return visit.page(
            title: "About and licences",
            at: "/about",
            lede: "Ringfence, a phone system that enforces its own security and proves it by attack.",
            [
                .facts([
                    Part.Fact("Version", visit.business.site.version), Part.Fact("Business", visit.business.name),
                    Part.Fact("Licence", "Apache License, Version 2.0"),
                ]),
                .section("Work of others", id: "notice", [.preformatted(notice, label: "Notice")]),
                .section(
                    "Licence",
                    id: "licence",
                    [.details("The whole text", [.preformatted(licence, label: "Licence")])]
                ),
            ]
        )
    }
}
