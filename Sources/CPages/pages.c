// SPDX-License-Identifier: Apache-2.0
#include "pages.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

#define COUNT(table) (sizeof table / sizeof table[0])
#define ENTRY(name, bytes) { name, bytes, sizeof bytes }

static const unsigned char template_live_proof[] = {
#embed "../Portal/Pages/live-proof.mustache"
};
static const unsigned char template_page[] = {
#embed "../Portal/Pages/page.mustache"
};
static const unsigned char template_part_cell[] = {
#embed "../Portal/Pages/part-cell.mustache"
};
static const unsigned char template_part_chart[] = {
#embed "../Portal/Pages/part-chart.mustache"
};
static const unsigned char template_part_details[] = {
#embed "../Portal/Pages/part-details.mustache"
};
static const unsigned char template_part_empty[] = {
#embed "../Portal/Pages/part-empty.mustache"
};
static const unsigned char template_part_facts[] = {
#embed "../Portal/Pages/part-facts.mustache"
};
static const unsigned char template_part_field[] = {
#embed "../Portal/Pages/part-field.mustache"
};
static const unsigned char template_part_form[] = {
#embed "../Portal/Pages/part-form.mustache"
};
static const unsigned char template_part_input[] = {
#embed "../Portal/Pages/part-input.mustache"
};
static const unsigned char template_part_link[] = {
#embed "../Portal/Pages/part-link.mustache"
};
static const unsigned char template_part_list[] = {
#embed "../Portal/Pages/part-list.mustache"
};
static const unsigned char template_part_note[] = {
#embed "../Portal/Pages/part-note.mustache"
};
static const unsigned char template_part_once[] = {
#embed "../Portal/Pages/part-once.mustache"
};
static const unsigned char template_part_pager[] = {
#embed "../Portal/Pages/part-pager.mustache"
};
static const unsigned char template_part_passkey[] = {
#embed "../Portal/Pages/part-passkey.mustache"
};
static const unsigned char template_passkeys[] = {
#embed "../Portal/Pages/passkeys.mustache"
};
static const unsigned char template_part_pre[] = {
#embed "../Portal/Pages/part-pre.mustache"
};
static const unsigned char template_part_score[] = {
#embed "../Portal/Pages/part-score.mustache"
};
static const unsigned char template_part_section[] = {
#embed "../Portal/Pages/part-section.mustache"
};
static const unsigned char template_part_table[] = {
#embed "../Portal/Pages/part-table.mustache"
};
static const unsigned char template_part_text[] = {
#embed "../Portal/Pages/part-text.mustache"
};
static const unsigned char template_part_timeline[] = {
#embed "../Portal/Pages/part-timeline.mustache"
};
static const unsigned char template_part_next[] = {
#embed "../Portal/Pages/part-next.mustache"
};
static const unsigned char template_part_steps[] = {
#embed "../Portal/Pages/part-steps.mustache"
};
static const unsigned char template_account[] = {
#embed "../Portal/Pages/account.mustache"
};
static const unsigned char template_calls[] = {
#embed "../Portal/Pages/calls.mustache"
};
static const unsigned char template_calls_empty[] = {
#embed "../Portal/Pages/calls-empty.mustache"
};
static const unsigned char template_calls_rows[] = {
#embed "../Portal/Pages/calls-rows.mustache"
};
static const unsigned char template_calls_sum[] = {
#embed "../Portal/Pages/calls-sum.mustache"
};
static const unsigned char template_closed[] = {
#embed "../Portal/Pages/closed.mustache"
};
static const unsigned char template_confirm[] = {
#embed "../Portal/Pages/confirm.mustache"
};
static const unsigned char template_control[] = {
#embed "../Portal/Pages/control.mustache"
};
static const unsigned char template_door[] = {
#embed "../Portal/Pages/door.mustache"
};
static const unsigned char template_enrolled[] = {
#embed "../Portal/Pages/enrolled.mustache"
};
static const unsigned char template_extension_add[] = {
#embed "../Portal/Pages/extension-add.mustache"
};
static const unsigned char template_extensions[] = {
#embed "../Portal/Pages/extensions.mustache"
};
static const unsigned char template_home[] = {
#embed "../Portal/Pages/home.mustache"
};
static const unsigned char template_home_answers[] = {
#embed "../Portal/Pages/home-answers.mustache"
};
static const unsigned char template_home_sentence[] = {
#embed "../Portal/Pages/home-sentence.mustache"
};
static const unsigned char template_i_bad[] = {
#embed "../Portal/Pages/i-bad.mustache"
};
static const unsigned char template_i_hang[] = {
#embed "../Portal/Pages/i-hang.mustache"
};
static const unsigned char template_i_menu[] = {
#embed "../Portal/Pages/i-menu.mustache"
};
static const unsigned char template_i_pause[] = {
#embed "../Portal/Pages/i-pause.mustache"
};
static const unsigned char template_i_x[] = {
#embed "../Portal/Pages/i-x.mustache"
};
static const unsigned char template_invite[] = {
#embed "../Portal/Pages/invite.mustache"
};
static const unsigned char template_invited[] = {
#embed "../Portal/Pages/invited.mustache"
};
static const unsigned char template_journal[] = {
#embed "../Portal/Pages/journal.mustache"
};
static const unsigned char template_live_age[] = {
#embed "../Portal/Pages/live-age.mustache"
};
static const unsigned char template_mark[] = {
#embed "../Portal/Pages/mark.mustache"
};
static const unsigned char template_operator_invite[] = {
#embed "../Portal/Pages/operator-invite.mustache"
};
static const unsigned char template_operators[] = {
#embed "../Portal/Pages/operators.mustache"
};
static const unsigned char template_pager[] = {
#embed "../Portal/Pages/pager.mustache"
};
static const unsigned char template_problem[] = {
#embed "../Portal/Pages/problem.mustache"
};
static const unsigned char template_refused[] = {
#embed "../Portal/Pages/refused.mustache"
};
static const unsigned char template_shell[] = {
#embed "../Portal/Pages/shell.mustache"
};
static const unsigned char template_sign_in[] = {
#embed "../Portal/Pages/sign-in.mustache"
};
static const unsigned char template_sprite[] = {
#embed "../Portal/Pages/sprite.mustache"
};
static const unsigned char template_welcome[] = {
#embed "../Portal/Pages/welcome.mustache"
};
static const unsigned char control_after_hours[] = {
#embed "../Guard/Guard.docc/Controls/after-hours.md"
};
static const unsigned char control_call_limits[] = {
#embed "../Guard/Guard.docc/Controls/call-limits.md"
};
static const unsigned char control_call_patterns[] = {
#embed "../Guard/Guard.docc/Controls/call-patterns.md"
};
static const unsigned char control_caller_trust[] = {
#embed "../Guard/Guard.docc/Controls/caller-trust.md"
};
static const unsigned char control_country_dialing[] = {
#embed "../Guard/Guard.docc/Controls/country-dialing.md"
};
static const unsigned char control_credential_delivery[] = {
#embed "../Guard/Guard.docc/Controls/credential-delivery.md"
};
static const unsigned char control_disa[] = {
#embed "../Guard/Guard.docc/Controls/disa.md"
};
static const unsigned char control_dormant_extensions[] = {
#embed "../Guard/Guard.docc/Controls/dormant-extensions.md"
};
static const unsigned char control_emergency_calls[] = {
#embed "../Guard/Guard.docc/Controls/emergency-calls.md"
};
static const unsigned char control_flood_protection[] = {
#embed "../Guard/Guard.docc/Controls/flood-protection.md"
};
static const unsigned char control_forwarding_rules[] = {
#embed "../Guard/Guard.docc/Controls/forwarding-rules.md"
};
static const unsigned char control_registration_alerts[] = {
#embed "../Guard/Guard.docc/Controls/registration-alerts.md"
};
static const unsigned char control_fraud_alerts[] = {
#embed "../Guard/Guard.docc/Controls/fraud-alerts.md"
};
static const unsigned char control_service_alerts[] = {
#embed "../Guard/Guard.docc/Controls/service-alerts.md"
};
static const unsigned char control_voicemail_pins[] = {
#embed "../Guard/Guard.docc/Controls/voicemail-pins.md"
};
static const unsigned char control_stored_audio[] = {
#embed "../Guard/Guard.docc/Controls/stored-audio.md"
};
static const unsigned char control_records_retention[] = {
#embed "../Guard/Guard.docc/Controls/records-retention.md"
};
static const unsigned char control_intrusion_detection[] = {
#embed "../Guard/Guard.docc/Controls/intrusion-detection.md"
};
static const unsigned char control_journal[] = {
#embed "../Guard/Guard.docc/Controls/journal.md"
};
static const unsigned char control_media_encryption[] = {
#embed "../Guard/Guard.docc/Controls/media-encryption.md"
};
static const unsigned char control_media_source[] = {
#embed "../Guard/Guard.docc/Controls/media-source.md"
};
static const unsigned char control_open_ports[] = {
#embed "../Guard/Guard.docc/Controls/open-ports.md"
};
static const unsigned char control_premium_numbers[] = {
#embed "../Guard/Guard.docc/Controls/premium-numbers.md"
};
static const unsigned char control_provider_allowlist[] = {
#embed "../Guard/Guard.docc/Controls/provider-allowlist.md"
};
static const unsigned char control_operator_passwords[] = {
#embed "../Guard/Guard.docc/Controls/operator-passwords.md"
};
static const unsigned char control_second_factor[] = {
#embed "../Guard/Guard.docc/Controls/second-factor.md"
};
static const unsigned char control_login_protection[] = {
#embed "../Guard/Guard.docc/Controls/login-protection.md"
};
static const unsigned char control_admin_networks[] = {
#embed "../Guard/Guard.docc/Controls/admin-networks.md"
};
static const unsigned char control_no_defaults[] = {
#embed "../Guard/Guard.docc/Controls/no-defaults.md"
};
static const unsigned char control_roles[] = {
#embed "../Guard/Guard.docc/Controls/roles.md"
};
static const unsigned char control_signalling_encryption[] = {
#embed "../Guard/Guard.docc/Controls/signalling-encryption.md"
};
static const unsigned char control_sip_passwords[] = {
#embed "../Guard/Guard.docc/Controls/sip-passwords.md"
};
static const unsigned char control_spend_limit[] = {
#embed "../Guard/Guard.docc/Controls/spend-limit.md"
};
static const unsigned char control_trunk_encryption[] = {
#embed "../Guard/Guard.docc/Controls/trunk-encryption.md"
};
static const unsigned char asset_notice[] = {
#embed "../../NOTICE"
};
static const unsigned char asset_licence[] = {
#embed "../../LICENSE"
};
static const unsigned char asset_style[] = {
#embed "../Portal/Pages/portal.css"
};
static const unsigned char asset_script[] = {
#embed "../Portal/Pages/portal.js"
};
static const unsigned char asset_openapi[] = {
#embed "../Portal/Pages/openapi.json"
};
static const unsigned char asset_stolen_passwords[] = {
#embed "../Portal/Pages/stolen-passwords.txt"
};

const struct ringfence_file *ringfence_templates(size_t *count) {
    static const struct ringfence_file files[] = {
        ENTRY("account", template_account),
        ENTRY("part-steps", template_part_steps),
        ENTRY("part-next", template_part_next),
        ENTRY("part-timeline", template_part_timeline),
        ENTRY("part-text", template_part_text),
        ENTRY("part-table", template_part_table),
        ENTRY("part-section", template_part_section),
        ENTRY("part-score", template_part_score),
        ENTRY("part-passkey", template_part_passkey),
        ENTRY("passkeys", template_passkeys),
        ENTRY("part-pre", template_part_pre),
        ENTRY("part-once", template_part_once),
        ENTRY("part-pager", template_part_pager),
        ENTRY("part-note", template_part_note),
        ENTRY("part-link", template_part_link),
        ENTRY("part-list", template_part_list),
        ENTRY("part-input", template_part_input),
        ENTRY("part-form", template_part_form),
        ENTRY("part-field", template_part_field),
        ENTRY("part-facts", template_part_facts),
        ENTRY("part-empty", template_part_empty),
        ENTRY("part-details", template_part_details),
        ENTRY("part-chart", template_part_chart),
        ENTRY("part-cell", template_part_cell),
        ENTRY("page", template_page),
        ENTRY("live-proof", template_live_proof),
        ENTRY("calls", template_calls),
        ENTRY("calls-empty", template_calls_empty),
        ENTRY("calls-rows", template_calls_rows),
        ENTRY("calls-sum", template_calls_sum),
        ENTRY("closed", template_closed),
        ENTRY("confirm", template_confirm),
        ENTRY("control", template_control),
        ENTRY("door", template_door),
        ENTRY("enrolled", template_enrolled),
        ENTRY("extension-add", template_extension_add),
        ENTRY("extensions", template_extensions),
        ENTRY("home", template_home),
        ENTRY("home-answers", template_home_answers),
        ENTRY("home-sentence", template_home_sentence),
        ENTRY("i-bad", template_i_bad),
        ENTRY("i-hang", template_i_hang),
        ENTRY("i-menu", template_i_menu),
        ENTRY("i-pause", template_i_pause),
        ENTRY("i-x", template_i_x),
        ENTRY("invite", template_invite),
        ENTRY("invited", template_invited),
        ENTRY("journal", template_journal),
        ENTRY("live-age", template_live_age),
        ENTRY("mark", template_mark),
        ENTRY("operator-invite", template_operator_invite),
        ENTRY("operators", template_operators),
        ENTRY("pager", template_pager),
        ENTRY("problem", template_problem),
        ENTRY("refused", template_refused),
        ENTRY("shell", template_shell),
        ENTRY("sign-in", template_sign_in),
        ENTRY("sprite", template_sprite),
        ENTRY("welcome", template_welcome),
    };
    *count = COUNT(files);
    return files;
}

const struct ringfence_file *ringfence_controls(size_t *count) {
    static const struct ringfence_file files[] = {
        ENTRY("after-hours", control_after_hours),
        ENTRY("call-limits", control_call_limits),
        ENTRY("call-patterns", control_call_patterns),
        ENTRY("caller-trust", control_caller_trust),
        ENTRY("country-dialing", control_country_dialing),
        ENTRY("credential-delivery", control_credential_delivery),
        ENTRY("disa", control_disa),
        ENTRY("dormant-extensions", control_dormant_extensions),
        ENTRY("emergency-calls", control_emergency_calls),
        ENTRY("flood-protection", control_flood_protection),
        ENTRY("forwarding-rules", control_forwarding_rules),
        ENTRY("registration-alerts", control_registration_alerts),
        ENTRY("fraud-alerts", control_fraud_alerts),
        ENTRY("service-alerts", control_service_alerts),
        ENTRY("voicemail-pins", control_voicemail_pins),
        ENTRY("stored-audio", control_stored_audio),
        ENTRY("records-retention", control_records_retention),
        ENTRY("intrusion-detection", control_intrusion_detection),
        ENTRY("journal", control_journal),
        ENTRY("media-encryption", control_media_encryption),
        ENTRY("media-source", control_media_source),
        ENTRY("open-ports", control_open_ports),
        ENTRY("premium-numbers", control_premium_numbers),
        ENTRY("provider-allowlist", control_provider_allowlist),
        ENTRY("operator-passwords", control_operator_passwords),
        ENTRY("second-factor", control_second_factor),
        ENTRY("login-protection", control_login_protection),
        ENTRY("admin-networks", control_admin_networks),
        ENTRY("no-defaults", control_no_defaults),
        ENTRY("roles", control_roles),
        ENTRY("signalling-encryption", control_signalling_encryption),
        ENTRY("sip-passwords", control_sip_passwords),
        ENTRY("spend-limit", control_spend_limit),
        ENTRY("trunk-encryption", control_trunk_encryption),
    };
    *count = COUNT(files);
    return files;
}

const struct ringfence_file *ringfence_assets(size_t *count) {
    static const struct ringfence_file files[] = {
        ENTRY("style", asset_style),
        ENTRY("licence", asset_licence),
        ENTRY("notice", asset_notice),
        ENTRY("script", asset_script),
        ENTRY("openapi", asset_openapi),
        ENTRY("stolen-passwords", asset_stolen_passwords),
    };
    *count = COUNT(files);
    return files;
}
