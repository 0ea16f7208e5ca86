// SPDX-License-Identifier: Apache-2.0

public import Media
public import Model

/// What the switchboard wants done. Carry actions out in order.
public enum Action: Sendable {
    /// Bytes for the wire. A flow that is gone swallows them.
    case send([UInt8], FlowID)
    /// The peer showed a valid credential: the limits for strangers no longer apply to this flow. With its device, because
    /// asking another module about a large value copies the value. Where the login may do nothing but call for help, and does, the
    /// flow lasts as a phone's does, and nothing is believed of where it comes from.
    case authenticated(FlowID, login: DeviceID, onlyForHelp: Bool)
    /// Send what is queued, then close.
    case close(FlowID)
    case media(RelayCommand)
    /// Write this record, replacing one of the same id. With a ticket: say ``Switchboard/stored(_:ok:_:)`` when it
    /// is safe on disk, because somebody waits for an answer.
    case remember(CallRecord, Ticket?)
    /// Write where a phone logged in, sooner or later: nobody waits.
    case keep(PhoneLogin)
    case report(SecurityEvent)
    /// Change this, or not, and say ``Switchboard/changed(_:_:_:)`` when it is stored: a phone waits for it.
    case change(FeatureAsk, Ticket)
    /// Do this in a call to a service that speaks and listens.
    case voice(VoiceCommand)
    /// Find out where a provider is.
    case resolve(TrunkLookup)
    /// Open a connection to a provider, and verify who is there before a byte is said.
    case connect(TrunkConnect)
}

/// Says which answer waits for a record.
public struct Ticket: Hashable, Sendable {
    let serial: UInt64
}
