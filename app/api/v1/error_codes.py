"""The stable error codes of each operation, by status, beside those that every one has (`openapi.codes_of`).

Codes are only ever added. Tests hold real answers to it: one with a code that does not stand here fails (tests/api/conftest.py).
"""

OWN: dict[str, dict[int, str]] = {
    "create_inspection": {
        403: "only_the_lead_unit",
        404: "no_such_inspection",
        409: "changed_meanwhile issued_elsewhere not_in_this_state registered_elsewhere_already sent_before",
        422: (
            "already_invited contact_not_announced enterprise_missing items_missing named_twice officers_missing "
            "slot_over surprise_not_announced too_many_entries too_short unknown_inspection unknown_item unknown_unit "
            "uscc_character uscc_check_digit uscc_length window_ends_before_start window_too_long"
        ),
    },
    "approve_inspection": {
        403: "deputys_head_applied not_the_lead_unit own_application",
        404: "no_such_inspection",
        409: (
            "changed_meanwhile issued_elsewhere not_in_this_state paper_not_in_this_state root_not_succeeded "
            "signature_device_failed"
        ),
        422: "override_reason_missing",
    },
    "reject_inspection": {
        403: "deputys_head_applied not_the_lead_unit own_application",
        404: "no_such_inspection",
        409: "changed_meanwhile not_in_this_state",
        422: "reason_missing",
    },
    "list_inspections": {
        422: "naive_time out_of_range time_out_of_range unknown_choice uscc_character uscc_check_digit uscc_length",
    },
    "get_inspection": {
        404: "no_such_inspection",
    },
    "cancel_inspection": {
        403: "only_the_lead_unit",
        404: "no_such_inspection",
        409: "changed_meanwhile has_results mirrored_step not_in_this_state",
    },
    "code_svg": {
        404: "no_such_code no_such_inspection",
    },
    "code_png": {
        404: "no_such_code no_such_inspection",
    },
    "proof": {
        404: "no_proof_yet no_such_inspection",
    },
    "create_inspections": {
        422: "too_many_entries",
    },
    "create_case_records": {
        422: "too_many_entries",
    },
    "list_flags": {
        422: "out_of_range unknown_choice uscc_character uscc_check_digit uscc_length wrong_type",
    },
    "get_flag": {
        404: "no_such_flag",
    },
    "act_on_flag": {
        404: "no_such_flag",
        409: (
            "already_assigned already_done already_signed_for changed_meanwhile in_no_case not_corrected_yet "
            "not_in_this_state objection_too_late rests_on_speech"
        ),
        422: (
            "due_in_the_past due_needed merge_needs_flags merge_of_units merge_with_speech no_such_supervisor "
            "note_needed too_many_entries"
        ),
    },
    "invite": {
        403: "only_the_lead_unit",
        404: "no_such_inspection",
        409: "changed_meanwhile mirrored_step not_in_this_state",
        422: "already_invited too_many_entries unknown_unit",
    },
    "join": {
        403: "own_offer",
        404: "no_such_inspection no_such_invitation",
        409: "amendment_pending_join changed_meanwhile invitation_closed not_in_this_state visit_cancelled",
        422: (
            "items_missing named_twice nothing_to_amend officers_missing reason_missing too_many_entries unknown_item "
            "window_not_longer window_too_long"
        ),
    },
    "decline": {
        404: "no_such_inspection no_such_invitation",
        409: "changed_meanwhile invitation_closed not_in_this_state visit_cancelled",
        422: "reason_missing",
    },
    "leave": {
        404: "no_such_inspection no_such_invitation",
        409: "changed_meanwhile not_in_this_state",
        422: "reason_missing",
    },
    "arrive": {
        404: "no_such_inspection",
        409: "changed_meanwhile not_in_this_state",
        422: (
            "enterprise_code_replaced inspection_code_scanned no_such_enterprise_code no_uscc_in_text "
            "not_this_enterprise outside_window several_uscc_in_text uscc_not_registered"
        ),
    },
    "invitations": {},
    "amend_inspection": {
        404: "no_such_inspection",
        409: "amendment_pending changed_meanwhile mirrored_step not_in_this_state",
        422: (
            "named_twice nothing_to_amend reason_missing too_many_entries unknown_item window_not_longer "
            "window_too_long"
        ),
    },
    "approve_amendment": {
        403: "deputys_head_applied not_the_lead_unit own_application",
        404: "no_such_amendment no_such_inspection",
        409: (
            "changed_meanwhile joins_too_late not_in_this_state paper_not_in_this_state root_not_succeeded "
            "signature_device_failed"
        ),
        422: "override_reason_missing",
    },
    "reject_amendment": {
        403: "deputys_head_applied not_the_lead_unit own_application",
        404: "no_such_amendment no_such_inspection",
        409: "changed_meanwhile not_in_this_state",
        422: "reason_missing",
    },
    "withdraw_amendment": {
        403: "not_the_applicant",
        404: "no_such_amendment no_such_inspection",
        409: "changed_meanwhile not_in_this_state",
        422: "too_long",
    },
    "complete_inspection": {
        403: "only_the_lead_unit",
        404: "no_such_inspection",
        409: "changed_meanwhile has_results not_in_this_state",
        422: (
            "complete_one due_out_of_range ends_before_start headcount_too_small in_the_future item_not_on_code "
            "item_of_other_unit named_twice note_missing organisation_missing point_contradicts result_missing "
            "too_many_entries unknown_point"
        ),
    },
    "notice_pdf": {
        404: "no_such_code no_such_file no_such_inspection",
        409: "no_fonts",
    },
    "list_papers": {
        404: "no_such_inspection",
    },
    "paper_pdf": {
        404: "no_such_file no_such_paper",
        409: "no_fonts",
    },
    "paper_receipt": {
        404: "no_such_file no_such_paper",
        409: "no_fonts",
    },
    "list_units": {
        422: "out_of_range",
    },
    "list_items": {
        422: "out_of_range",
    },
    "list_officers": {
        422: "out_of_range unknown_unit",
    },
    "list_changes": {
        422: "cursor out_of_range",
    },
    "receive_figures": {
        422: "too_many_entries unknown_unit",
    },
    "find_enterprises": {
        422: "out_of_range",
    },
    "get_stats": {
        409: "figures_being_summed",
        422: "missing unknown_choice wrong_type",
    },
    "list_plans": {
        422: "out_of_range unknown_choice wrong_type",
    },
    "get_plan": {
        404: "no_such_plan",
    },
    "verify_code": {
        422: "uscc_character uscc_check_digit uscc_length",
    },
    "record_scan": {
        409: "code_not_usable",
    },
    "give_feedback": {
        404: "no_such_code",
        409: "already_rated changed_meanwhile no_longer_ratable not_yet_ratable",
        422: "rating_range",
    },
    "report_visit": {
        422: "in_the_future too_many_entries unknown_unit uscc_character uscc_check_digit uscc_length",
    },
    "get_receipt": {
        404: "no_such_receipt",
    },
}
