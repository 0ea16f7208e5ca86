// SPDX-License-Identifier: Apache-2.0

import Admin
import Logging
import Model

/// Reads what happens and tells people of it who should know at once. Ends with the hub.
struct AlertDesk: Sendable {
    let notifier: any Notifier

    func start(on hub: EventHub) {
        // The first one finds room.
        guard let news = try? hub.subscribe(limit: Limits.waitingEvents) else { return }
        Task {
            var alerts = Alerts()
            for await news in news {
                guard case .event(let event) = news, let finding = alerts.take(event, at: SystemClock.wall) else {
                    continue
                }
                await notifier.notify(finding)
            }
        }
    }
}

/// Tells people by the log.
struct LogNotifier: Notifier {
    let logger: Logger

    func notify(_ finding: Finding) async { logger.tell(finding) }
}
