// SPDX-License-Identifier: Apache-2.0

/// Everything that a stranger or a phone could make grow in a relay.
public enum RelayLimits {
    /// Bytes of a datagram that are read; a longer one is dropped. An RTP packet of 200 ms G.711 has 1,612.
    public static let packetLength = 2_048
    /// Bytes that protection can add to a packet: a 16-byte tag and the 4 bytes of the SRTCP index.
    public static let protectionOverhead = 20
    /// Synchronisation sources of one key that are in use at once. A phone uses one, a second for music on hold.
    public static let streamsInUse = 8
    /// Synchronisation sources of one key in its whole life; of those not in use it is kept how far they came, in 16 bytes
    /// each: one forgotten whole could be replayed. Some phones take a new one at each hold and at each resume.
    public static let streamsPerKey = 128
    /// What one leg's phone may send: twice the packets of 5 ms each, and more bytes than any sound that we negotiate has;
    /// a second of it at once, after the network has held it back.
    static let rateOfLeg = PacketBudget.Rate(packets: 400, bytes: 250_000, burst: 1)
    /// Packets that may be missing before a stream counts as begun anew (RFC 3550 A.1, MAX_DROPOUT).
    static let lostInARow: UInt64 = 3_000
    /// Seconds that a stream's timestamps may be apart from the time that has passed, before they count as begun anew: no
    /// key press and no pause between two streams is longer.
    static let clocksApart: UInt32 = 10
    /// Newest packets in a row from one place before a leg no longer waits for others: a second of speech.
    static let packetsToSettle = 50
    /// How long the stream of a plain leg is silent before another source has its turn: five packets of 20 ms, so that a
    /// provider that changes its source loses no word, and nothing that strays in talks into a call.
    static let plainTurn = Duration.milliseconds(100)
    /// Packets that one of a plain leg may be behind the newest: what the replay window remembers.
    static let plainDisorder: UInt64 = 64
    /// How long we send to another host than the one that signals, without hearing from there (RFC 7675 §5.1).
    static let consent = Duration.seconds(30)
    /// Connectivity checks of one leg that are answered: a browser sends 20 a second for each pair while it looks for a way, and
    /// one in 2.5 s then.
    static let checksOfLeg = PacketBudget.Rate(packets: 100, bytes: 50_000, burst: 1)
    /// Addresses of one peer that are remembered, 48 bytes each. A browser behind two networks and a VPN has six.
    static let pairsPerLeg = 8
    /// Datagrams of handshakes that are worked on, about 0.3 ms of a core each and 1 ms at most: some 12 % of a core, and 16 ms in the
    /// worst turn of the loop. What is beyond is dropped; peers send again.
    static let handshakeSteps = PacketBudget.Rate(packets: 400, bytes: .infinity, burst: 0.04)
    /// Handshakes of one leg at once, about 40 KB each: that of its peer, and some of whoever else speaks from the place or the host
    /// of that.
    static let handshakesAtOnce = 4
    /// Handshakes of one leg in all, before it is given up: somebody else breaks them.
    static let handshakesPerLeg = 256
    /// Datagrams of DTLS that one leg takes in all: those of its handshakes and of a hundred that others begin in its name.
    static let handshakeDatagrams = 1_000
    /// How long a leg may wait for its keys. Longer than a phone repeats the 200 of its answer (RFC 3261 §13.3.1.4).
    static let agreement = Duration.seconds(32)
    /// How long an association is kept after its handshake: a peer that missed our last word repeats its own (RFC 6347 §4.2.4).
    static let afterHandshake = Duration.seconds(30)
    /// Legs locked to one address. A phone has one or two; a gateway may have more.
    public static let legsPerSource = 64
    /// Authentications spent at most on one packet of a source that is locked or named, about 0.3 µs each.
    public static let triesPerPacket = 8
    /// The same for a source whose host signals for legs that wait: an office behind one address, in the minute in which
    /// everybody dials.
    public static let triesPerNeighbour = 32
    /// The same for a source that nothing is known of.
    public static let triesPerStranger = 2
    /// Tries a second and at once for one source, an IPv4 address or an IPv6 /64: 0.2 % of a core.
    public static let triesPerSource = (rate: 5_000.0, burst: 5_000.0)
    /// Tries a second and at once for all sources together: 2 % of a core.
    public static let triesInTotal = (rate: 50_000.0, burst: 10_000.0)
    /// The same for sources that are locked or whose very address and port SDP named: guesses cannot use these up, and one
    /// of them no more than ``triesPerSource``.
    public static let triesOfNamedSources = (rate: 50_000.0, burst: 10_000.0)
    /// Sources whose tries are remembered, 32 bytes each, twice: strangers and named ones. One that is pushed out starts anew within the total.
    public static let rememberedSources = 4_096
}
