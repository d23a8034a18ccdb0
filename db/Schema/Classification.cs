namespace Campaigns.Db.Schema;

/// <summary>
/// The class of every column of the database. A test compares this list with the real schema and
/// fails for a missing column, so that every new column is classified. Another test signs with
/// known names and addresses and checks that no column contains them.
/// </summary>
public static class Classification
{
    public static IReadOnlyDictionary<(string Table, string Column), ColumnClass> Columns { get; } = new[]
        {
            Table("migrations", technical: "name applied_at"),
            Table("key_checks", keyedHash: "check_value", technical: "kind version created_at resealed_at retired_at"),
            Table(
                "campaigns",
                published: """
                slug state organisation controller_name controller_contact privacy_version goal opens_at closes_at
                hand_over_on answer_within_days erase_after_days time_zone ledger_size share_text share_hashtags
                """,
                technical: """
                id version sensitive allowed_origins created_at closed_at archived_at erased_at removals ledger_behind
                next_erasure
                """
            ),
            Table("privacy_notices", published: "version body texts", technical: "campaign_id created_at"),
            Table(
                "petition_texts",
                published: "locale version title demand hash",
                technical: "campaign_id position created_at"
            ),
            Table("campaign_countries", published: "country goal locale", technical: "campaign_id position"),
            Table(
                "recipients",
                published: "key name names",
                technical: """
                campaign_id address countries risk max_disclosure position added_at removed_at
                answer_days answer_kind answer_holidays kind locale notice_days admits media weekdays profile_note
                """
            ),
            Table(
                "signatures",
                encrypted: "contact person ledger_key",
                // The commitment is published, but it is a hash under the signer's own key.
                keyedHash: "blind_index folded_index undo_index commitment",
                technical: """
                id campaign_id state hold_reason country line_country locale disclosure disclosed_at updates text_hash
                privacy_version index_version ledger_n confirm_generation manage_generation not_me_generation
                signed_at confirm_expires_at confirmed_at erase_by corrected_at session_generation
                invalid_reason wave invalidation undo_until undone_at
                """
            ),
            Table(
                "consents",
                technical: """
                campaign_id signature_id purpose given_at withdrawn_at text_hash privacy_version locale disclosure
                """
            ),
            Table(
                "letters",
                keyedHash: "domain_hash",
                technical: """
                id campaign_id signature_id subscriber_id kind locale generation state created_at due_at sent_at tries
                failure lease_until lease_owner attempt extra turn_at
                """
            ),
            Table(
                "suppressions",
                keyedHash: "blind_index",
                technical: "id campaign_id index_version reason created_at until may_retry retried_at mailbox_id"
            ),
            Table(
                "refused_mailboxes",
                keyedHash: "hash",
                technical: "id index_version missing_at softs suppressed_until complained_at changed_at ends_at"
            ),
            Table("seen_reports", keyedHash: "hash", technical: "seen_at"),
            Table("policy_refusals", technical: "day domain code value"),
            Table(
                "subscribers",
                encrypted: "address",
                keyedHash: "blind_index",
                technical: """
                id campaign_id state source index_version locale country consented_at privacy_version wording_hash
                generation expires_at term_from active_since ended_at end_reason
                """
            ),
            Table("subscriber_walks", technical: "campaign_id ledger_n"),
            Table(
                "sendings",
                technical: """
                update_id campaign_id state pause_reason countries locales hours_from hours_to shows_title ordered_at
                ordered_by not_before started_at last_subscriber total walked pace_from pace_done claimed_at
                refusals_accepted restored ended_at done failed
                """
            ),
            Table(
                "update_letters",
                technical: """
                id update_id subscriber_id state created_at due_at sent_at tries failure lease_until lease_owner attempt
                """
            ),
            Table("mail_domains", keyedHash: "hash", technical: "hour_from letters"),
            Table("genuine_mail_domains", technical: "domain until"),
            Table("mailbox_letters", keyedHash: "hash", technical: "hour_from in_hour day_from in_day"),
            Table("counters", technical: "campaign_id country state writer value"),
            Table("counters_by_day", technical: "campaign_id day country writer value"),
            Table("letter_days", technical: "campaign_id day fate code writer value"),
            Table("hourly_letter_days", technical: "campaign_id day fate code value"),
            Table("counters_by_hour", technical: "campaign_id hour country writer signed letters pressed confirmed"),
            Table("counters_by_provider", technical: "campaign_id hour provider writer signed letters pressed bounced"),
            Table("hourly_snapshot", technical: "id taken_at"),
            Table("hourly_counters", technical: "campaign_id country state value"),
            Table("hourly_letters", technical: "campaign_id kind state value"),
            Table("writers", technical: "number owner lease_until"),
            Table("fence", technical: "id state set_at"),
            Table("clock", technical: "id seen_at"),
            Table("recounts", technical: "campaign_id drift recounted_at"),
            Table("network_keys", encrypted: "sealed_key", technical: "day"),
            Table("network_requests", keyedHash: "network_hash", technical: "day hour kind writer value"),
            Table(
                "ledger_queue",
                keyedHash: "commitment",
                technical: "id campaign_id kind signature_id of_n country reason text_hash queued_at state"
            ),
            Table(
                "ledger_entries",
                published: "n kind country line",
                technical: "campaign_id text_hash signature_id removed removed_by"
            ),
            Table("ledger_tiles", published: "hashes", technical: "campaign_id level tile"),
            Table("ledger_heads", published: "size root sealed_at counts jws", technical: "campaign_id journaled"),
            Table(
                "packets",
                encrypted: "line_key file_key",
                technical: """
                id campaign_id recipient_key countries disclosure disclosure_asked locale include_csv include_xlsx
                cut_off_size cut_off_root requested_at requested_by status done total
                file_name file_bytes manifest manifest_jws failure lease_until lease_owner attempt built_at
                approval decided_at decided_by decline_reason built_removals
                since_packet since_size since_root audit_size audit_hash
                """
            ),
            // The operator writes the reason for staff.
            Table("scheduled_backups", technical: "one attempted_at failure made_at bytes"),
            Table("freezes", technical: "one reason since until"),
            Table("stale_causes", technical: "campaign_id number kind n country recipient_key caused_at"),
            // The operator chooses the names of staff.
            Table("staff", technical: "id name role countries created_at revoked_at"),
            // Tokens, keys of sessions and codes are random, so that their hashes reveal nothing. Members name their
            // tokens and passkeys.
            Table(
                "staff_tokens",
                keyedHash: "token_hash",
                technical: "id staff_id name read_only created_at expires_at used_at ended_at"
            ),
            Table(
                "staff_calendars",
                keyedHash: "token_hash",
                technical: "id staff_id campaign_id created_at used_at ended_at"
            ),
            Table(
                "staff_accounts",
                encrypted: "address pending_address authenticator",
                keyedHash: "address_index pending_hash",
                technical: """
                staff_id version index_version confirmed_at password_hash authenticator_at authenticator_step stamp
                failures locked_until changed_at pending_until locale
                """
            ),
            Table(
                "staff_letters",
                encrypted: "address token",
                technical: """
                id kind locale staff_id handover_id answer_due update_id state created_at due_at sent_at tries failure
                lease_until lease_owner attempt
                """
            ),
            Table(
                "staff_passkeys",
                technical: """
                id credential_id staff_id host name public_key sign_count transports verified backup_eligible
                backed_up attestation client_data created_at used_at
                """
            ),
            Table("staff_recovery_codes", keyedHash: "code_hash", technical: "staff_id"),
            Table(
                "staff_sessions",
                keyedHash: "key_hash",
                technical: "id staff_id device created_at seen_at second_factor_at ended_at"
            ),
            Table(
                "staff_invitations",
                keyedHash: "token_hash",
                technical: "id staff_id name role countries invited_by created_at expires_at used_at ended_at"
            ),
            // Staff write the conditions. The mail domain is cleared with the data that the invalidation is about.
            Table(
                "invalidations",
                technical: """
                id campaign_id reason countries signed_from signed_to states wave mail_domain hold_reason status
                requested_at requested_by covered covered_confirmed by_country stale_packets sample started_by
                approved_by started_at ended_at walked_to invalidated restored undone_by undo_ended_at
                lease_until lease_owner attempt
                """
            ),
            // The page of a campaign shows what is published here of a hand-over that staff made public.
            Table(
                "handovers",
                published: "recipient_key planned_on",
                encrypted: "place delegation note",
                technical: "id campaign_id occasion planned_time is_public created_at created_by cancelled_at version"
            ),
            Table("handover_packets", technical: "handover_id packet_id position"),
            Table(
                "handover_attempts",
                published: "on_day outcome",
                encrypted: "place carried_by reference note",
                technical: "id handover_id number packets recorded_at recorded_by corrected_at"
            ),
            Table(
                "handover_answers",
                published: "on_day kind summary",
                technical: "id handover_id number source recorded_at recorded_by corrected_at"
            ),
            Table("handover_reminders", technical: "handover_id due_on days_before reminded_at"),
            Table(
                "handover_evidence",
                encrypted: "file_key",
                technical: """
                id handover_id campaign_id subject subject_number number media_type bytes file_name recorded_at
                recorded_by erased_at sha256
                """
            ),
            // Staff write entries to be published.
            Table(
                "timeline_entries",
                published: "kind state on_day content published_at corrected_at withdrawn_at",
                technical: "id campaign_id version countries created_at created_by saved_at saved_by"
            ),
            Table("timeline_versions", published: "on_day content", technical: "entry_id version saved_at saved_by"),
            // Staff choose codes and titles. Sums belong to no person.
            Table("share_codes", technical: "campaign_id code title created_at created_by"),
            Table("share_counts", technical: "campaign_id code writer visits signed"),
            Table("milestones", published: "kind country number reached_on", technical: "campaign_id"),
            Table(
                "staff_looks",
                technical: """
                staff_id campaign_id since_at since_confirmed since_held since_withdrawn
                last_at last_confirmed last_held last_withdrawn
                """
            ),
            // The answer is a campaign or a packet as staff see it, without a signer.
            Table("idempotency_keys", technical: "staff_id key_hash request_hash created_at status location etag body"),
            // The hashes are over ids and published heads.
            Table("journal_files", technical: "installation file sequence hash"),
            Table("journal_gaps", technical: "installation file sequence hash found_at acknowledged_at"),
            Table("audit", technical: "id at staff_id action campaign subject detail"),
            Table("audit_queue", technical: "audit_id"),
            Table("audit_links", technical: "n audit_id day sign_in salt line_hash hash"),
            Table("audit_heads", technical: "id size hash first first_hash"),
        }.SelectMany(columns => columns).ToDictionary();

    private static IEnumerable<KeyValuePair<(string Table, string Column), ColumnClass>> Table(
        string name,
        string published = "",
        string encrypted = "",
        string keyedHash = "",
        string technical = ""
    ) =>
        [
            .. Of(name, published, ColumnClass.Public),
            .. Of(name, encrypted, ColumnClass.Encrypted),
            .. Of(name, keyedHash, ColumnClass.KeyedHash),
            .. Of(name, technical, ColumnClass.Technical),
        ];

    private static IEnumerable<KeyValuePair<(string Table, string Column), ColumnClass>> Of(
        string table,
        string columns,
        ColumnClass kind
    ) =>
        columns
            .Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)
            .Select(column => KeyValuePair.Create((table, column), kind));
}
