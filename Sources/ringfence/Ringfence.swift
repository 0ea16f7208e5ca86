// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Guard
import Server

/// `ringfence <noun> <verb>`: nouns are singular, and new verbs go under a noun that exists.
///
/// The answer goes to standard output, hints and refusals to standard error. The exit status is 0 for done, 1 for refused
/// or fell short, 64 for a typing error (sysexits.h, EX_USAGE).
@main
struct Ringfence: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ringfence",
        abstract: "A business phone system that is secure before you touch it.",
        discussion: """
            Begin with these:

              ringfence init --data DIR --domain example.com --address 192.0.2.10
              ringfence serve --data DIR
              ringfence extension add 101 --data DIR
              ringfence phone enrol 101 --format qr --data DIR
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(
                name: "Running",
                subcommands: [
                    Init.self, Serve.self, DoctorVerb.self, SupportVerb.self, OperatorNoun.self, SessionNoun.self,
                    PasskeyNoun.self,
                    TokenNoun.self,
                    PortalNoun.self,
                    ListenerNoun.self, CertificateNoun.self, BackupNoun.self,
                    MediaNoun.self, SiteNoun.self, OriginNoun.self, ClientAuthorityNoun.self,
                    HoursNoun.self, NightVerb.self,
                    JobNoun.self, RetentionNoun.self,
                ]
            ),
            CommandGroup(
                name: "Daily",
                subcommands: [
                    ExtensionNoun.self, PhoneNoun.self, RegistrationNoun.self, CallNoun.self, RecordNoun.self,
                    TraceNoun.self,
                ]
            ),
            CommandGroup(
                name: "Outside",
                subcommands: [
                    TrunkNoun.self, RouteNoun.self, NumberNoun.self, GroupNoun.self, ForwardNoun.self, BlockNoun.self,
                    ParkNoun.self, SpeedNoun.self, IntercomNoun.self, VoicemailNoun.self, MenuNoun.self, RoomNoun.self,
                    MusicNoun.self, QueueNoun.self, LiveNoun.self,
                    CountryNoun.self, ClassNoun.self,
                    PremiumNoun.self,
                    ProfileNoun.self,
                    RangeNoun.self, RatesNoun.self, SpendNoun.self, PatternNoun.self, LimitNoun.self,
                    AfterHoursNoun.self, EmergencyNoun.self,
                ]
            ),
            CommandGroup(
                name: "Proof",
                subcommands: [
                    AlertNoun.self, ControlNoun.self, AuditNoun.self, AttackNoun.self, JournalNoun.self, EventNoun.self,
                    BanNoun.self,
                ]
            ),
        ]
    )

    /// On the first thread, so that what looks for others needs none of them.
    @MainActor static func main() async {
        ServingProcess.fillStandardDescriptors()
        do {
            var command = try parseAsRoot()
            try (command as? Serve)?.requireThreads()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let refusal as Refusal {
            Console.complain("\(refusal)")
            exit(withError: ExitCode.failure)
        } catch {
            exit(withError: error)
        }
    }
}
