// SPDX-License-Identifier: Apache-2.0

/// How far the audit and the attacks go. Each with its unit and its reason.
public enum Limits {
    // MARK: Checks

    /// Call records looked at: a month of a busy office, and a second to read.
    public static let recordsExamined = 10_000
    /// Bytes of a file that are searched for secrets. A database of a thousand phones with a year of calls has 300 MB.
    static let searchedBytes = 4 << 30
    /// Packets of one leg that may fail authentication before it counts as injection. A phone that changes its keys in the
    /// middle of a call sends some.
    static let tolerableFailures: UInt64 = 100
    /// Entries of the journal about the ceiling above all budgets that are looked at.
    public static let ceilingSteps = 100
    /// How long our own listener may take to answer.
    static let answer: Duration = .seconds(3)

    /// Operators who may do everything, beside the account of the server and root: one, and one for when the first is away.
    static let owners = 2
    /// How long an operator may be away before somebody asks whether they still are one: a quarter.
    static let absence: Duration = .seconds(90 * 86_400)

    /// Recovery codes that somebody has left at least, before it is worth a word.
    static let recoveryCodes = 3
    /// How old a test of the way to help may be: providers change their routes once in a while.
    static let helpTestAge: Duration = .seconds(90 * 86_400)

    // MARK: Attacks

    /// How long a call may stand whose answer nobody confirmed: the 32 seconds of RFC 3261 §13.3.1.4, and some to notice.
    static let unconfirmed: Duration = .seconds(40)

    /// How long an attack waits for something that must not come. Ten times what an answer takes over a slow line.
    static let silence: Duration = .milliseconds(1_000)
    /// The same where an answer is due.
    static let reply: Duration = .seconds(5)
    /// How long to stand back when the target refuses a stranger who asks too much.
    static let backOff: Duration = .seconds(2)
    /// Requests of an attack inside one call at most: the BYE is numbered after them.
    static let changes = 16
    /// How often to stand back before giving up.
    static let backOffs = 15
    /// Bytes kept of what a target says: it may be hostile too.
    static let heard = 1 << 20
    /// Passwords tried over the wire. The whole list is tried by the audit, which needs no wire.
    static let guesses = 40
    /// Answers compared for each method and name.
    static let comparisons = 5
    /// How long a measurement of answering times may take.
    static let timing: Duration = .seconds(120)
    /// Wrong logins on one connection, and connections from one address: less than what makes a target lose patience.
    static let loginsPerConnection = 4
    static let connectionsPerAddress = 2
    /// Offences of one kind: as many as get an address shut out where no phones are.
    static let offences = 5
    /// How long a flood may take, because a target lets only so many through.
    static let flood: Duration = .seconds(60)
    /// Requests said at once by a flood, and how often: three times what any stranger may send at once.
    static let floodBatch = 48
    static let floodRounds = 40
    /// Handshakes that lead to nothing: less than what makes a target refuse connections from there.
    static let handshakes = 32
    /// Subscriptions of one phone: more than the largest field of lamps has.
    static let subscriptions = 400
    /// Calls outside at a time beyond which a limit of every phone is wider than people need: two to talk, two to transfer.
    static let callsOfAPerson = 4
    /// What a person does not notice.
    static let promptly: Duration = .seconds(1)
    /// Bytes by which the server may have grown after a flood.
    static let memoryGrowth = 5 << 20
    /// How long a target may take to hang up on somebody whose messages have no end: the six seconds that Ringfence gives a
    /// stranger's message, and as much again and more where the machine is busy, because its deadlines then stand still.
    static let hangUp: Duration = .seconds(20)
    /// How long a connection that says nothing useful may be kept open by the target.
    static let slowConnection: Duration = .seconds(20)
    /// Packets sprayed at the media port.
    static let sprayedPackets = 200
    /// Packets that a phone floods a call of its own with, in how many portions, and how many of them may pass in a second
    /// and at once: four times those of a call.
    static let mediaFlood = (portions: 20, packets: 100)
    static let mediaRate = (each: 450.0, once: 500.0)
    /// How long a page of the portal may take: a sign-in waits for the memory to hash a password in.
    static let portalReply: Duration = .seconds(15)
    /// What somebody waits at least who failed too often: of a machine that takes longer for its answers nothing is expected.
    static let signInWait: Duration = .milliseconds(3_500)
    /// Wrong codes that are tried beside each other, more than anybody may be wrong.
    static let codesTried = 8
    /// Calls in a row that a provider fails before no other is sent there.
    static let failedCalls = 3
    /// Alerts and events that are compared.
    public static let alertsExamined = 1_000
    /// How far an alert may lie before what it is about: what goes on is told once an hour.
    static let alertMemory: Duration = .seconds(3_700)
    /// How long an alert may be on its way, and a channel fail, before it falls short.
    static let alertDelay: Duration = .seconds(900)
    /// How long ago the system may have looked at itself: it does so each minute.
    static let lookDelay: Duration = .seconds(300)
    /// How long the attacker waits for people to be told.
    static let alertPatience: Duration = .seconds(15)
    /// Wrong passwords of a guesser who does not want to be shut out.
    static let quietGuesses = 4
    /// Messages of one mailbox that are opened to the end: a message of three minutes takes some milliseconds.
    public static let messagesOpened = 10
}
