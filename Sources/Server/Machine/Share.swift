// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media

/// What one of the businesses of a process may use at most, and what those of one loop may together.
///
/// One that has the process to itself may use everything. Several have each enough for an office however many they are, and
/// no more than a part of what strangers may take of their loop; what phones that have authenticated hold is only bounded
/// for the loop.
struct Share: Sendable {
    /// Businesses of the process, and of the loop with the most.
    let businesses: Int
    let neighbours: Int
    /// Places of the loop, and of them those for strangers.
    let places: Int
    let strangerPlaces: Int

    /// - Parameter descriptors: How many sockets the process may open; connections leave some of them to others.
    init(businesses: Int, loops: Int, descriptors: Int) {
        (self.businesses, neighbours) = (businesses, (businesses + loops - 1) / loops)
        let others = businesses > 1 ? businesses * Limits.descriptorsPerBusiness + Limits.hellos + Limits.onTheWay : 0
        let possible = max(descriptors - Limits.reservedDescriptors - others, 64) / loops
        let usual = ConnectionGate.Caps()
        places = min(usual.total, possible)
        // The reserve shrinks with the whole.
        strangerPlaces = places < usual.total ? places / 2 : usual.total - usual.reservedForAuthenticated
    }

    private var isAlone: Bool { neighbours <= 1 }

    /// Connections of the business.
    var connections: ConnectionGate.Caps {
        let least = max(min(Limits.leastStrangers, strangerPlaces), strangerPlaces / Limits.strangersPart)
        let strangers = isAlone ? strangerPlaces : least
        var caps = ConnectionGate.Caps()
        caps.total = places
        caps.reservedForAuthenticated = places - strangers
        caps.reservedForSites = strangers / 2
        caps.reservedForKnown = strangers / 4
        // However few there are, a handful of sources does not fill them.
        let (few, many) = (caps.unreserved / Guard.Limits.sourcesToFill, caps.unreserved + caps.reservedForKnown)
        caps.perStranger = min(max(few, Guard.Limits.leastStrangerConnections), caps.perStranger)
        let part = many / Guard.Limits.knownSourcesToFill
        caps.perKnown = min(max(part, Guard.Limits.leastKnownConnections), caps.perKnown)
        return caps
    }

    /// What strangers may say to it.
    var rates: SourceGate.Rates {
        var rates = SourceGate.Rates()
        rates.allStrangers = part(of: rates.allStrangers)
        return rates
    }

    /// What may be said from where phones logged in of late, when strangers have used up what is theirs.
    var returns: Rate { part(of: Guard.Limits.allReturnsRate) }

    /// Phones that may register anew with it.
    var registrations: Rate { part(of: Guard.Limits.registrationRate) }

    /// What its phones may say together; `nil` where nobody else is on the loop.
    var phones: MessageBudget? { isAlone ? nil : .business }

    /// What a core bears, or the part of it that one of several may take.
    private func part(of rate: Rate) -> Rate {
        guard !isAlone else { return rate }
        let part = UInt32(Limits.strangersPart)
        return Rate(perSecond: rate.perSecond / part, burst: rate.burst / part)
    }

    /// Of the loop's places for strangers, those that are only for where phones are expected from.
    var expectedPlaces: Int { strangerPlaces / Limits.strangersPart }

    var loop: LoopGate { LoopGate(connections: places, strangers: strangerPlaces, reserved: expectedPlaces) }

    /// What is divided evenly, down to what an office needs.
    private func part(of whole: Int, atLeast least: Int) -> Int { max(whole / businesses, min(whole, least)) }

    var calls: Int { part(of: Limits.relays, atLeast: Limits.leastCalls) }
    var nonces: Int { part(of: SwitchboardSettings.usualNonces, atLeast: Limits.leastNonces) }
    var sources: Int { part(of: Guard.Limits.gateSources, atLeast: Limits.leastSources) }
    var offenders: Int { part(of: Guard.Limits.offenders, atLeast: Limits.leastOffenders) }
    /// Of the one media loop, which all have in common however many loops there are for signalling.
    var media: RelayShare {
        guard businesses > 1 else { return .whole }
        return RelayShare(
            relays: calls,
            packets: Double(part(of: Limits.mediaPackets, atLeast: Limits.leastMediaPackets))
        )
    }
    /// Of the whole process: no call of one business takes the place of another's.
    var relays: Int { calls * businesses }
}
