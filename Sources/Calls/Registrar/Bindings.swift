// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

/// Where a device can be reached: over which flow, under which name, until when (RFC 3261 §10, RFC 5626 §3).
struct Binding: Sendable {
    let id: UInt64
    let device: Device
    /// The Contact URI as the phone wrote it. It goes into the Request-URI of calls to this phone, and is otherwise
    /// opaque: the way to the phone is the flow.
    var contact: [UInt8]
    /// What the phone calls itself, as between the quotes of `+sip.instance` (RFC 5626 §4.1).
    var instance: [UInt8]?
    /// Which of the phone's connections this is: `reg-id`. A binding with one is found by it, not by its contact.
    var flowNumber: UInt32?
    var flow: Flow
    /// When it was made or refreshed.
    var refreshed: MonotonicTime
    var callID: [UInt8]
    var sequence: UInt32
    var expires: MonotonicTime
    var expiresWall: WallTime
    let since: WallTime
    let userAgent: String

    fileprivate mutating func renew(for seconds: UInt32, _ request: RegisterFacts) {
        expires = request.now.monotonic + .seconds(Int64(seconds))
        expiresWall = request.now.wall + .seconds(Int64(seconds))
        refreshed = request.now.monotonic
        sequence = request.sequence
        if !callID.elementsEqual(request.callID) { callID = Array(request.callID) }
    }

    /// As a Contact value.
    func write(at now: MonotonicTime, into value: inout ValueWriter) {
        value.append("<")
        value.append(contact)
        value.append(">;expires=")
        value.append(Int(max(0, (expires - now).components.seconds)))
        guard let instance else { return }
        value.append(";+sip.instance=\"")
        value.append(instance)
        value.append("\"")
        guard let flowNumber else { return }
        value.append(";reg-id=")
        value.append(Int(flowNumber))
    }
}

/// Every registered phone of a business. A binding dies with its flow, its expiry or its credential, whichever is first.
struct Bindings: Sendable {
    private var byID: [UInt64: Binding] = [:]
    private var byDevice: [String: [UInt64]] = [:]
    private var byFlow: [FlowID: [UInt64]] = [:]
    private var lastID: UInt64 = 0
    private var deadlines = DeadlineQueue<UInt64>()
    private var isWatched = false
    /// The phones that came, went or moved while somebody watches.
    private var touched: Set<String> = []

    var hasChanges: Bool { !touched.isEmpty }

    /// Starts or stops remembering who comes, goes and moves.
    mutating func watch(_ isWanted: Bool) {
        isWatched = isWanted
        if !isWanted { touched = [] }
    }

    mutating func takeChanges() -> Set<String> {
        defer { touched = [] }
        return touched
    }

    var count: Int { byID.count }
    var all: [Binding] { byID.values.sorted { $0.id < $1.id } }

    subscript(id: UInt64) -> Binding? { byID[id] }

    func count(where isMeant: (borrowing Binding) -> Bool) -> Int { byID.values.count { isMeant($0) } }

    /// Reads a binding where it stands; taking one out costs a dozen reference counts.
    @discardableResult
    func look<Result>(at id: UInt64, _ body: (borrowing Binding) -> Result) -> Result? {
        guard let place = byID.index(forKey: id) else { return nil }
        return body(byID.values[place])
    }

    /// Of one device, oldest first.
    func ids(of username: String) -> [UInt64] { byDevice[username] ?? [] }

    func of(_ username: String) -> [Binding] {
        (byDevice[username] ?? []).compactMap { byID[$0] }
    }

    func isBound(_ flow: FlowID) -> Bool { byFlow[flow] != nil }

    func countOf(_ username: String) -> Int { byDevice[username]?.count ?? 0 }

    func on(_ flow: FlowID) -> [Binding] { (byFlow[flow] ?? []).compactMap { byID[$0] } }

    /// The binding of a contact.
    ///
    /// - Parameter isNumbered: Whether a phone's connection is meant that has a number (RFC 5626 §6): then one that has
    ///   another is another, although the phone calls both the same.
    func find(_ username: String, contact: ArraySlice<UInt8>, isNumbered: Bool) -> UInt64? {
        byDevice[username]?.first { id in
            look(at: id) { $0.contact.elementsEqual(contact) && !(isNumbered && $0.flowNumber != nil) } == true
        }
    }

    /// The binding of one connection of a phone (RFC 5626 §6).
    func find(_ username: String, instance: ArraySlice<UInt8>, flowNumber: UInt32) -> UInt64? {
        byDevice[username]?.first { id in
            look(at: id) { $0.flowNumber == flowNumber && $0.instance?.elementsEqual(instance) == true } == true
        }
    }

    /// The binding of a device that was refreshed longest ago.
    func stalest(of username: String) -> UInt64? {
        (byDevice[username] ?? []).min { one, other in
            let ages = [one, other].map { id in look(at: id) { $0.refreshed.nanoseconds } ?? 0 }
            return (ages[0], one) < (ages[1], other)
        }
    }

    /// The ways to a device, oldest first. A phone that keeps several connections is reached over the one that it
    /// refreshed last, and not over all of them at once (RFC 5626 §5.3, §7).
    func ways(to username: String) -> [Binding] {
        let all = of(username)
        return all.filter { binding in
            guard binding.flowNumber != nil else { return true }
            let later = all.contains { other in
                other.flowNumber != nil && other.instance == binding.instance
                    && (other.refreshed, other.id) > (binding.refreshed, binding.id)
            }
            return !later
        }
    }

    /// Adds a binding. The proof is what makes this the only door: nobody is bound who did not authenticate.
    mutating func bind(
        _ proof: Authenticated,
        contact: ArraySlice<UInt8>,
        _ request: RegisterFacts,
        userAgent: String
    ) -> UInt64 {
        lastID += 1
        let binding = Binding(
            id: lastID,
            device: proof.device,
            contact: Array(contact),
            instance: nil,
            flowNumber: nil,
            flow: proof.flow,
            refreshed: request.now.monotonic,
            callID: Array(request.callID),
            sequence: request.sequence,
            expires: request.now.monotonic,
            expiresWall: request.now.wall,
            since: request.now.wall,
            userAgent: userAgent
        )
        if isWatched { touched.insert(binding.device.username) }
        byID[lastID] = binding
        byDevice[proof.device.username, default: []].append(lastID)
        byFlow[proof.flow.id, default: []].append(lastID)
        return lastID
    }

    /// Moves a binding to the flow that a refresh came on, and sets when it ends.
    mutating func refresh(_ id: UInt64, proof: Authenticated, seconds: UInt32, request: RegisterFacts) {
        guard let place = byID.index(forKey: id) else { return }
        let old = byID.values[place].flow.id
        if old != proof.flow.id {
            unlink(id, from: old)
            byFlow[proof.flow.id, default: []].append(id)
            byID.values[place].flow = proof.flow
        }
        byID.values[place].renew(for: seconds, request)
    }

    /// Notes what a REGISTER says of a binding's phone and connection, and the contact that it has there now.
    mutating func name(_ id: UInt64, contact: ArraySlice<UInt8>, instance: ArraySlice<UInt8>, flowNumber: UInt32?) {
        guard let place = byID.index(forKey: id) else { return }
        if !byID.values[place].contact.elementsEqual(contact) {
            byID.values[place].contact = Array(contact)
            if isWatched { touched.insert(byID.values[place].device.username) }
        }
        if byID.values[place].instance?.elementsEqual(instance) != true {
            byID.values[place].instance = Array(instance)
        }
        byID.values[place].flowNumber = flowNumber
    }

    /// Has a new binding looked at when it ends.
    mutating func schedule(_ id: UInt64) {
        if let expires = look(at: id, { $0.expires }) { deadlines.insert(id, at: expires) }
    }

    var nextDeadline: MonotonicTime? { deadlines.next }

    /// Lets go of what has ended; what was refreshed since ends later.
    mutating func expire(at now: MonotonicTime) {
        for _ in 0..<deadlines.count {
            guard let id = deadlines.popDue(at: now) else { return }
            guard let expires = look(at: id, { $0.expires }) else { continue }
            if expires <= now { remove(id) } else { deadlines.insert(id, at: expires) }
        }
    }

    @discardableResult
    mutating func remove(_ id: UInt64) -> Binding? {
        guard let binding = byID.removeValue(forKey: id) else { return nil }
        if isWatched { touched.insert(binding.device.username) }
        unlink(id, from: binding.flow.id)
        byDevice[binding.device.username]?.removeAll { $0 == id }
        if byDevice[binding.device.username]?.isEmpty == true { byDevice[binding.device.username] = nil }
        return binding
    }

    private mutating func unlink(_ id: UInt64, from flow: FlowID) {
        byFlow[flow]?.removeAll { $0 == id }
        if byFlow[flow]?.isEmpty == true { byFlow[flow] = nil }
    }
}

/// What a REGISTER says beside its contacts.
struct RegisterFacts {
    let callID: ArraySlice<UInt8>
    let sequence: UInt32
    let now: Moment
}
