# SPDX-License-Identifier: Apache-2.0
"""pjsua_phone.py JSON - a PJSUA2 phone that plays a tone, records, and has more than one call at once. Started by pjsua.py.

Commands come as JSON lines on stdin, events leave as JSON lines on stdout, every message is in pjsip.log. Of several calls
the last one is meant, but by "attend", which sends the first one to where the last one leads.
"""
import json
import queue
import sys
import threading
import time

import pjsua2 as pj

C = json.loads(sys.argv[1])
calls, dead, buddies = [], [], []
# When which call is picked up: a moment after it rang, as people do.
ringing = []


class Log(pj.LogWriter):
    """Whole at any time: the library's own file is written in blocks."""

    def __init__(self):
        super().__init__()
        self.file = open(C["out"] + "/pjsip.log", "w", buffering=1)

    def write(self, entry):
        self.file.write(entry.msg)


def say(name, **facts):
    print(json.dumps(dict(ev=name, **facts)), flush=True)


class Call(pj.Call):
    player = recorder = None

    def onCallState(self, _):
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_EARLY:
            say("ringing", code=info.lastStatusCode)
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            say("established", peer=info.remoteUri)
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            say("closed", why="%d %s" % (info.lastStatusCode, info.lastReason))
            calls.remove(self)
            dead.append(self)

    def onCallMediaState(self, _):
        info = self.getInfo()  # its media die with it
        for index, media in enumerate(info.media):
            if media.type != pj.PJMEDIA_TYPE_AUDIO:
                continue
            if media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                self.connect(self.getAudioMedia(index))
                say("media", state="active")
            elif media.status in (pj.PJSUA_CALL_MEDIA_LOCAL_HOLD, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD):
                say("media", state="held")

    def connect(self, audio):
        if not self.player:
            self.player, self.recorder = pj.AudioMediaPlayer(), pj.AudioMediaRecorder()
            self.player.createPlayer(C["play"])
            self.recorder.createRecorder("%s/rec-%d.wav" % (C["out"], len(calls) + len(dead)))
        self.player.startTransmit(audio)
        audio.startTransmit(self.recorder)

    def onDtmfDigit(self, pressed):
        say("dtmf", digit=pressed.digit)

    def onCallTransferStatus(self, status):
        say("transfer", code=status.statusCode, final=status.finalNotify)

    def onCallReplaced(self, _):
        say("replaced")


class Buddy(pj.Buddy):
    def onBuddyState(self):
        say("presence", status=self.getInfo().presStatus.status)


class Account(pj.Account):
    def onRegState(self, state):
        if state.code == 200 and state.expiration:
            say("registered")
        elif state.code >= 300 or state.status:
            say("reg_failed", code=state.code, why=state.reason)

    def onIncomingCall(self, incoming):
        call = Call(self, incoming.callId)
        calls.append(call)
        say("incoming", peer=call.getInfo().remoteUri)
        call.answer(operation(180))
        if C.get("forward"):
            call.answer(redirection(C["forward"]))
        elif C["answer"]:
            ringing.append((time.time() + 0.5, call))

    def onInstantMessage(self, message):
        say("message", peer=message.fromUri, text=message.msgBody)

    def onInstantMessageStatus(self, status):
        say("message_status", code=status.code)

    def onMwiInfo(self, info):
        say("mailbox", text=info.rdata.wholeMsg)


def operation(status=0):
    parameters = pj.CallOpParam(True)
    parameters.statusCode = status
    return parameters


def redirection(to):
    """302 to somebody else. The library puts the phone's own Contact before it."""
    parameters = operation(302)
    contact = pj.SipHeader()
    contact.hName, contact.hValue = "Contact", "<%s>" % to
    parameters.txOption.headers.append(contact)
    return parameters


def resume(call):
    parameters = pj.CallOpParam(True)
    parameters.opt.flag = pj.PJSUA_CALL_UNHOLD
    call.reinvite(parameters)


def perform(account, command):
    name = command["cmd"]
    if name == "dial":
        call = Call(account)
        calls.append(call)
        call.makeCall(command["to"], pj.CallOpParam(True))
    elif name == "message":
        buddy(account, command["to"], False).sendInstantMessage(text(command["text"]))
    elif name == "watch":
        buddy(account, command["to"], True)
    elif name == "hangup":
        calls[-1].hangup(pj.CallOpParam(True))
    elif name == "dtmf":
        calls[-1].dialDtmf(command["digits"])
    elif name == "hold":
        calls[-1].setHold(pj.CallOpParam(True))
    elif name == "resume":
        resume(calls[-1])
    elif name == "update":
        calls[-1].update(pj.CallOpParam(True))
    elif name == "transfer":
        calls[-1].xfer(command["to"], pj.CallOpParam(True))
    elif name == "attend":
        calls[0].xferReplaces(calls[-1], pj.CallOpParam(True))


def buddy(account, uri, watches):
    config = pj.BuddyConfig()
    config.uri, config.subscribe = uri, watches
    buddies.append(Buddy())
    buddies[-1].create(account, config)
    return buddies[-1]


def text(content):
    parameters = pj.SendInstantMessageParam()
    parameters.content = content
    return parameters


def transport():
    config = pj.TransportConfig()
    config.boundAddress, config.port = C["bind"], 0
    config.tlsConfig.CaListFile, config.tlsConfig.verifyServer = C["ca"], True
    kind = pj.PJSIP_TRANSPORT_TLS6 if ":" in C["bind"] else pj.PJSIP_TRANSPORT_TLS
    return kind, config


def account_config(transport_id):
    config = pj.AccountConfig()
    config.idUri = "sip:%(user)s@%(domain)s" % C
    config.regConfig.registrarUri = "sip:%(domain)s" % C
    config.regConfig.timeoutSec, config.regConfig.retryIntervalSec = 600, 0
    config.sipConfig.proxies.append("sip:%(host)s:%(port)d;transport=tls;lr" % C)
    config.sipConfig.transportId = transport_id
    config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", C["user"], 0, C["password"]))
    config.natConfig.contactRewriteUse = 1
    config.mediaConfig.transportConfig.boundAddress = C["bind"]
    config.mediaConfig.srtpUse, config.mediaConfig.srtpSecureSignaling = pj.PJMEDIA_SRTP_MANDATORY, 0
    config.mediaConfig.srtpOpt.keyings.clear()
    config.mediaConfig.srtpOpt.keyings.append(pj.PJMEDIA_SRTP_KEYING_SDES)
    if ":" in C["bind"]:
        config.sipConfig.ipv6Use = config.mediaConfig.ipv6Use = pj.PJSUA_IPV6_ENABLED
    config.mwiConfig.enabled = C.get("mailbox", False)
    config.callConfig.prackUse = {
        "never": pj.PJSUA_100REL_NOT_USED, "may": pj.PJSUA_100REL_OPTIONAL, "must": pj.PJSUA_100REL_MANDATORY,
    }[C.get("reliable", "never")]
    if C.get("timer"):
        config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_ALWAYS
        config.callConfig.timerSessExpiresSec = config.callConfig.timerMinSESec = C["timer"]
    return config


def main():
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.threadCnt, config.uaConfig.mainThreadOnly = 0, True
    config.logConfig.level = config.logConfig.consoleLevel = 5
    log = config.logConfig.writer = Log()
    config.medConfig.sndClockRate = config.medConfig.clockRate = 8000
    config.medConfig.noVad = True
    log.__disown__()
    endpoint.libInit(config)
    transport_id = endpoint.transportCreate(*transport())
    endpoint.libStart()
    endpoint.audDevManager().setNullDev()
    for codec in endpoint.codecEnum2():
        endpoint.codecSetPriority(codec.codecId, 200 if codec.codecId.startswith("PCMU/") else 0)
    account = Account()
    account.create(account_config(transport_id))
    commands = queue.Queue()

    def read():
        for line in sys.stdin:
            commands.put(json.loads(line))
        commands.put({"cmd": "quit"})

    threading.Thread(target=read, daemon=True).start()
    end = time.time() + 300
    while time.time() < end:
        endpoint.libHandleEvents(20)
        while ringing and ringing[0][0] < time.time():
            _, call = ringing.pop(0)
            if call in calls:
                call.answer(operation(200))
        try:
            command = commands.get_nowait()
        except queue.Empty:
            continue
        if command["cmd"] == "quit":
            break
        try:
            perform(account, command)
        except (pj.Error, IndexError) as error:
            say("error", cmd=command["cmd"], why=error.info() if isinstance(error, pj.Error) else repr(error))
    endpoint.hangupAllCalls()
    for call in calls + dead:
        call.player = call.recorder = None
    calls.clear()
    dead.clear()
    buddies.clear()
    account.shutdown()
    endpoint.libDestroy()


main()
