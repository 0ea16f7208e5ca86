// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Testing

@testable import Server

@Suite("Control flood-protection: what one of several businesses may use")
struct ShareTests {
    @Test func `one that is alone may use everything`() {
        let share = Share(businesses: 1, loops: 1, descriptors: 1 << 20)
        #expect(share.connections.total == ConnectionGate.Caps().total)
        #expect(share.connections.reservedForAuthenticated == ConnectionGate.Caps().reservedForAuthenticated)
        #expect(share.connections.reservedForSites == ConnectionGate.Caps().reservedForSites)
        #expect(share.rates.allStrangers == SourceGate.Rates().allStrangers)
        #expect(share.phones == nil)
        #expect(share.calls == 4_000 && share.nonces == SwitchboardSettings.usualNonces && share.relays == 4_000)
    }

    @Test func `of the media loop, one of ten has a tenth, and one that is alone has all`() {
        let alone = Share(businesses: 1, loops: 1, descriptors: 1 << 20).media
        #expect(alone.relays == .max && alone.packets == .infinity)
        let share = Share(businesses: 10, loops: 2, descriptors: 1 << 20).media
        #expect(share.relays == 400 && share.packets == 20_000)
        let least = Share(businesses: 1_000, loops: 2, descriptors: 1 << 20).media
        #expect(least.relays == Limits.leastCalls && least.packets == 20_000)
    }

    @Test func `the reserve shrinks with the descriptors that there are`() {
        let share = Share(businesses: 1, loops: 1, descriptors: 1_280)
        #expect(share.connections.total == 1_024)
        #expect(share.connections.reservedForAuthenticated == 512)
        #expect(share.connections.reservedForSites == 256)
    }

    @Test(arguments: [2, 3, 10, 200, 1_000], [1, 2, 8])
    func `all of them together stay within the machine`(businesses: Int, loops: Int) {
        let descriptors = 20_000
        let share = Share(businesses: businesses, loops: loops, descriptors: descriptors)
        let shared = Limits.hellos + Limits.onTheWay
        let kept = Limits.reservedDescriptors + businesses * Limits.descriptorsPerBusiness + shared
        #expect(share.places * loops <= max(descriptors - kept, 64))
        #expect(share.strangerPlaces <= share.places)
        #expect(share.relays >= share.calls * businesses)
        #expect(share.neighbours * loops >= businesses)
    }

    @Test func `a flood at one of many leaves the strangers of the others three quarters of the loop`() {
        let share = Share(businesses: 200, loops: 2, descriptors: 20_000)
        let strangers = share.connections.total - share.connections.reservedForAuthenticated
        #expect(strangers * 4 <= share.strangerPlaces + 3 || strangers == Limits.leastStrangers)
        #expect(share.rates.allStrangers.perSecond * 4 == SourceGate.Rates().allStrangers.perSecond)
        #expect(share.connections.total == share.places)
        #expect(share.phones != nil)
    }

    @Test(arguments: [(1, 1, 1_024), (1, 1, 1 << 20), (4, 1, 20_000), (4, 2, 8_192), (200, 2, 20_000)])
    func `however few places there are, a handful of sources does not fill them`(
        businesses: Int,
        loops: Int,
        descriptors: Int
    ) {
        let caps = Share(businesses: businesses, loops: loops, descriptors: descriptors).connections
        #expect(caps.unreserved >= 16 * caps.perStranger)
        #expect(caps.unreserved + caps.reservedForKnown >= 4 * caps.perKnown)
        #expect(caps.reservedForKnown * 2 <= caps.reservedForSites)
        #expect(caps.perKnown > caps.perStranger)
    }

    @Test func `each of a thousand still has enough for an office`() {
        let share = Share(businesses: 1_000, loops: 2, descriptors: 1 << 20)
        #expect(share.calls == Limits.leastCalls)
        #expect(share.nonces == Limits.leastNonces)
        #expect(share.connections.total - share.connections.reservedForAuthenticated >= Limits.leastStrangers)
    }
}
