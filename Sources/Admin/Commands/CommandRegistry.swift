// SPDX-License-Identifier: Apache-2.0

/// Every command there is. The command line, the control socket and the attack on the roles know no others.
public enum CommandRegistry {
    public static let all: [any Command.Type] =
        [
            AddExtensions.self, ListExtensions.self, ShowExtension.self, DisableExtension.self, EnableExtension.self,
            GroupExtension.self, ForwardExtension.self, RemoveExtension.self, ReserveExtension.self,
            UnreserveExtension.self,
        ]
        + [
            EnrolPhones.self, ListPhones.self, RevokePhone.self, ListRegistrations.self,
            ListCalls.self, DialCall.self, EndCall.self, ListRecords.self,
        ]
        + [
            ListJournal.self, VerifyJournal.self, AcceptJournal.self, ListControls.self,
            ShowScore.self, BeginAttack.self,
            ShowGoLive.self, ConfirmDuty.self, ExceptDuty.self, AskGoLive.self, KeepProofs.self,
            ListEvents.self, RunAudit.self,
            Diagnose.self, ListJobs.self, StartTrace.self, StopTrace.self, ShowTrace.self,
        ]
        + [ShowRetention.self, SetRetention.self, EraseNumber.self]
        + [ShowBackups.self, MakeRecoveryKey.self, SetNightlyBackups.self, MakeBackup.self]
        + [
            ListListeners.self, ExceptListener.self, WithdrawListener.self, ListBans.self, AddBan.self, RemoveBan.self,
            ShowCertificate.self, ReplaceCertificate.self,
        ]
        + [
            ListSites.self, AddSite.self, RemoveSite.self, ListOrigins.self, AddOrigin.self, RemoveOrigin.self,
            ShowHours.self, SetHours.self, ShowMedia.self, SetMediaPorts.self, AddListener.self, RemoveListener.self,
            TrustClients.self,
        ]
        + [
            ListTrunks.self, ShowTrunk.self, TestTrunk.self, AddTrunk.self, SetTrunkPassword.self, DisableTrunk.self,
            EnableTrunk.self,
            RemoveTrunk.self, ExcuseTrunk.self, WithdrawTrunk.self,
        ]
        + [ListRoutes.self, AddRoute.self, RemoveRoute.self, TestRoute.self]
        + [
            ShowDialing.self, SetHome.self, OpenCountry.self, CloseCountry.self, AllowClass.self, RefuseClass.self,
            ApprovePremium.self, WithdrawPremium.self, SetProfile.self, RemoveProfile.self, LimitRange.self,
            FreeRange.self,
        ]
        + [
            ShowSpend.self, SetSpendLimits.self, FitSpendLimits.self, SetSpendPrices.self, LowerCeiling.self,
            RaiseCeiling.self,
            AgreeToCeiling.self, DropCeilingRaise.self, ListRates.self, UploadRates.self, ImportRates.self,
            CompareRates.self, ActivateRates.self, RemoveRates.self,
        ]
        + [
            ShowPatterns.self, SetPattern.self, AdjustPatterns.self, ReleaseStop.self, SetCallLimit.self,
            SetAbroadLimit.self, SetAfterHours.self, RehearseCalls.self,
        ]
        + [
            ShowEmergency.self, SetEmergencyPlace.self, SetEmergencyCallback.self, SetEmergencyNotice.self,
            SetEmergencyTrunk.self, TestEmergency.self,
        ]
        + [ListNumbers.self, AddNumber.self, RouteNumber.self, RemoveNumber.self, SetCallerNumber.self]
        + [WithholdNumber.self, SetTrunkProfile.self]
        + [
            ListGroups.self, PutGroup.self, ChangeGroupMembers.self, RemoveGroup.self, ListForwards.self,
            SetForward.self, SetFollowMe.self, ClearForward.self, SetQuiet.self, ListBlocks.self, AddBlock.self,
            RemoveBlock.self,
            BlockAnonymous.self, SwitchNight.self, ChangeHolidays.self, SetCallWaiting.self,
        ]
        + [
            ShowParking.self, SetParking.self, ListSpeedDials.self, SetSpeedDial.self, ListIntercoms.self,
            OpenIntercom.self, CloseIntercom.self,
            ListMailboxes.self, AddMailbox.self, RemoveMailbox.self, SetMailboxPIN.self, ListMessages.self,
            DeleteMessage.self, ListMenus.self, PutMenu.self, RemoveMenu.self, ListRooms.self, PutRoom.self,
            RemoveRoom.self, ShowMusic.self, SetMusic.self,
            ListQueues.self, SetQueue.self, RemoveQueue.self,
        ]
        + [
            ListAlerts.self, ListAlertKinds.self, ListChannels.self, AddChannel.self, ChooseAlerts.self,
            SetChannelSecret.self, RemoveChannel.self, TestChannel.self, ConfirmChannel.self,
        ]
        + [
            AddOperator.self, ListOperators.self, RemoveOperator.self, InviteOperator.self, WithdrawInvitation.self,
            ListSessions.self,
            EndSessions.self, ListPasskeys.self, RemovePasskey.self, ShowPortal.self, ServePortal.self,
            AdmitNetworks.self,
        ]
        + [IssueToken.self, ListTokens.self, RevokeToken.self]

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// - Returns: `nil` where there is no command of that name.
    public static func command(named name: String) -> (any Command.Type)? { byName[name] }
}
