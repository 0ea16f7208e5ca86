// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives
import SIP
import Testing

@Suite("Control emergency-calls: a call for help lasts, whatever is changed")
struct HelpLastsTests {
    /// Ways to take a trunk away.
    private static let changes: [OutsideChange] = {
        var access = try? OutsideScene.trunk("main")
        access?.trunk.isEnabled = false
        let name = TrunkName(parsing: "main")
        return [access.map(OutsideChange.putTrunk), name.map(OutsideChange.removeTrunk)].compactMap(\.self)
    }()

    @Test(arguments: changes)
    func `a trunk that is taken away carries the call for help until it is over, and no other`(
        change: OutsideChange
    ) throws {
        var scene = try OutsideScene()
        let (_, ordinary) = try scene.talk(to: "040555123", callID: "ordinary")
        let (answer, invite) = try scene.talk(to: "112", callID: "help")
        scene.office.apply([.outside(change)])
        #expect(scene.office.switchboard.calls().map(\.record.dialled) == ["112"])
        let byes = scene.office.received(on: scene.provider.flow).filter { $0.method == .bye }
        #expect(byes.map { $0.text(.callID) } == [ordinary.text(.callID)])
        scene.pass(seconds: 120)
        #expect(!scene.office.closed.contains(scene.provider.flow.id))
        #expect(scene.office.switchboard.calls().count == 1)
        #expect(try scene.dial("040555124", callID: "next").last?.status != 200)
        #expect(scene.office.received(on: scene.provider.flow).allSatisfy { $0.method != .invite })
        // Those who help hang up: that is heard, and then the connection goes.
        let bye = scene.provider.inDialog("BYE", from: invite)
        scene.office.deliver(bye, on: scene.provider.flow)
        #expect(scene.office.received(on: scene.provider.flow).first?.status == 200)
        #expect(scene.office.received(on: scene.caller.flow).contains { $0.method == .bye })
        #expect(scene.office.switchboard.calls().isEmpty)
        #expect(scene.office.closed.contains(scene.provider.flow.id))
        #expect(answer.status == 200)
    }

    @Test(arguments: changes)
    func `who is just calling for help gets through`(change: OutsideChange) throws {
        var scene = try OutsideScene()
        _ = try scene.dial("112", callID: "help")
        let invite = try scene.invite()
        scene.office.apply([.outside(change)])
        #expect(scene.say(200, to: invite).last?.status == 200)
        #expect(scene.office.switchboard.calls().count == 1)
        #expect(!scene.office.closed.contains(scene.provider.flow.id))
    }

    @Test func `without a call for help its connection goes at once`() throws {
        var scene = try OutsideScene()
        _ = try scene.talk(to: "040555123")
        scene.office.apply([.outside(try #require(Self.changes.first))])
        #expect(scene.office.closed.contains(scene.provider.flow.id))
        #expect(scene.office.switchboard.calls().isEmpty)
    }

    @Test(arguments: ["112#", "112%23", "110#", "*31*112#", "0112%23"])
    func `a hash behind the number says that it is whole`(dialled: String) throws {
        var scene = try OutsideScene(change: { dialing, _ in
            dialing.numbering.outsidePrefix = DigitString(parsing: "0")
        })
        _ = try scene.dial(dialled)
        let invite = try scene.invite()
        let number = dialled.contains("110") ? "110" : "112"
        #expect(invite.string(invite.requestURI).hasPrefix("sip:\(number)@"))
        #expect(scene.office.record()?.callee?.isHelp == true)
    }
}
