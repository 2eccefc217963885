"""The commands on accounts, their sessions, addresses and API keys, and who decides them."""

from application.accounts import (
    addresses,
    administration,
    api_keys,
    closing,
    passwords,
    phones,
    profile,
    registration,
    sessions,
    unsubscribing,
    verification,
)
from infrastructure.commandloop.batch import Handlers

ACCOUNT_COMMANDS: Handlers = {
    registration.RegisterAccount: registration.register_account,
    profile.EditProfile: profile.edit_profile,
    sessions.StartSession: sessions.start_session,
    sessions.RefreshSession: sessions.refresh_session,
    sessions.EndSession: sessions.end_session,
    sessions.EndAllSessions: sessions.end_all_sessions,
    administration.EditAccount: administration.edit_account,
    api_keys.IssueApiKey: api_keys.issue_api_key,
    api_keys.RevokeApiKey: api_keys.revoke_api_key,
    closing.CloseAccount: closing.close_account,
    closing.EndClosing: closing.end_closing,
    verification.RequestVerification: verification.request_verification,
    unsubscribing.Unsubscribe: unsubscribing.unsubscribe,
    verification.VerifyEmail: verification.verify_email,
    passwords.RequestPasswordReset: passwords.request_password_reset,
    passwords.ResetPassword: passwords.reset_password,
    passwords.ReplacePassword: passwords.replace_password,
    phones.GivePhone: phones.give_phone,
    phones.VerifyPhone: phones.verify_phone,
    addresses.AddAddress: addresses.add_address,
    addresses.ReplaceAddress: addresses.replace_address,
    addresses.RemoveAddress: addresses.remove_address,
}
