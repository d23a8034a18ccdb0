namespace Campaigns.Db.Schema;

/// <summary>What a column may hold, as far as people are concerned.</summary>
public enum ColumnClass
{
    /// <summary>PublishResult, or meant to be.</summary>
    Public,

    /// <summary>
    /// What somebody typed or what leads to them: only ever sealed under our keys (see
    /// <see cref="Keys.FieldEncryptor"/>).
    /// </summary>
    Encrypted,

    /// <summary>A hash that nobody can recompute from a guess: keyed, or of random bytes.</summary>
    KeyedHash,

    /// <summary>
    /// Ids, states, instants, counters and coded choices: nothing a signer typed, nothing that says
    /// who somebody is.
    /// </summary>
    Technical,
}

/// <summary>
/// Every column of the database in one class. A test walks the real schema and fails for a column
/// that is not here, so that nobody adds one without having thought about it; another drives known
/// names and addresses through the product and finds them in no column at all.
/// </summary>
public static class Classification
{
    public static IReadOnlyDictionary<(string Table, string Column), ColumnClass> Columns { get; } = new[]
        {
            Table("migrations", technical: "name applied_at"),
            Table("key_checks", keyedHash: "check_value", technical: "kind version created_at resealed_at retired_at"),
            Table(
                "campaigns",
                publicly: "slug state organisation controller_name controller_contact privacy_version goal opens_at closes_at hand_over_on answer_within_days erase_after_days ledger_size",
                technical: "id version sensitive allowed_origins created_at closed_at erased_at removals ledger_behind"
            ),
            Table("privacy_notices", publicly: "version body", technical: "campaign_id created_at"),
            Table(
                "petition_texts",
                publicly: "locale version title demand hash",
                technical: "campaign_id position created_at"
            ),
            Table("campaign_countries", publicly: "country goal locale", technical: "campaign_id position"),
            Table(
                "recipients",
                publicly: "key name",
                technical: "campaign_id address countries risk max_disclosure position added_at removed_at"
            ),
            Table(
                "signatures",
                sealedUp: "contact person ledger_key",
                // The commitment is published, but as a hash under a key of the signer's own.
                keyedHash: "blind_index commitment",
                technical: """
                id campaign_id state hold_reason country line_country locale disclosure disclosed_at updates text_hash privacy_version index_version ledger_n
                confirm_generation manage_generation not_me_generation signed_at confirm_expires_at confirmed_at invalid_reason
                """
            ),
            Table(
                "consents",
                technical: "campaign_id signature_id purpose given_at withdrawn_at text_hash privacy_version locale disclosure"
            ),
            Table(
                "letters",
                technical: "id campaign_id signature_id kind locale generation state created_at due_at sent_at tries failure lease_until lease_owner attempt"
            ),
            Table(
                "suppressions",
                keyedHash: "blind_index",
                technical: "campaign_id index_version reason created_at until"
            ),
            Table("counters", technical: "campaign_id country state writer value"),
            Table("counters_by_day", technical: "campaign_id day country writer value"),
            Table("writers", technical: "number owner lease_until"),
            Table("fence", technical: "id state set_at"),
            Table("clock", technical: "id seen_at"),
            Table("recounts", technical: "campaign_id drift recounted_at"),
            Table("network_keys", sealedUp: "sealed_key", technical: "day"),
            Table("network_requests", keyedHash: "network_hash", technical: "day hour kind writer value"),
            Table(
                "ledger_queue",
                keyedHash: "commitment",
                technical: "id campaign_id kind signature_id of_n country reason text_hash queued_at state"
            ),
            Table(
                "ledger_entries",
                publicly: "n kind country line",
                technical: "campaign_id text_hash signature_id removed removed_by"
            ),
            Table("ledger_tiles", publicly: "hashes", technical: "campaign_id level tile"),
            Table("ledger_heads", publicly: "size root sealed_at counts jws", technical: "campaign_id journaled"),
            Table(
                "packets",
                sealedUp: "line_key file_key",
                technical: """
                id campaign_id recipient_key countries disclosure disclosure_asked locale include_csv cut_off_size cut_off_root requested_at requested_by status
                done total file_name file_bytes manifest manifest_jws failure lease_until lease_owner attempt
                """
            ),
            // Staff are named by the operator; tokens are random, so that a hash of one says nothing.
            Table("staff", keyedHash: "token_hash", technical: "id name role countries created_at revoked_at"),
            Table("audit", technical: "id at staff_id action campaign subject detail"),
        }.SelectMany(columns => columns).ToDictionary();

    private static IEnumerable<KeyValuePair<(string Table, string Column), ColumnClass>> Table(
        string name,
        string publicly = "",
        string sealedUp = "",
        string keyedHash = "",
        string technical = ""
    ) =>
        [
            .. Of(name, publicly, ColumnClass.Public),
            .. Of(name, sealedUp, ColumnClass.Encrypted),
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
