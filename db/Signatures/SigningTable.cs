using Campaigns.Db.Engine;
using Campaigns.Db.Ledger;
using Campaigns.Letters;
using Campaigns.Signatures;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Finds, inserts and replaces the rows of signing requests, many at a time, with their counters,
/// consents and letters.
/// </summary>
internal static class SigningTable
{
    // ORDER BY: all transactions lock rows in the same order, so that they do not deadlock. One index per lookup,
    // because PostgreSQL scans the table for two indexes of one row.
    private const string SelectKnown = $$"""
        SELECT @request, {{SignatureRow.Columns}} FROM signatures {batch}
        WHERE campaign_id = @campaignId AND blind_index = @index
        ORDER BY blind_index {for_update}
        """;

    private const string IsRetriable = "may_retry = 1 AND COALESCE(retried_at, created_at) <= @retryBefore";

    private const string SelectSuppressed = $$"""
        SELECT @request, CASE WHEN {{IsRetriable}} THEN 1 ELSE 0 END FROM suppressions {batch}
        WHERE campaign_id = @campaignId AND blind_index = @index AND until > @now
        """;

    private const string BeginRetry = $$"""
        UPDATE suppressions SET retried_at = @now {batch}
        WHERE campaign_id = @campaignId AND blind_index = @index AND until > @now AND {{IsRetriable}}
        RETURNING @request
        """;

    // ON CONFLICT (campaign_id, blind_index) keeps the existing row; suppressed addresses are not inserted, unless this
    // batch tries them once more. A later query finds out why a row was not inserted.
    private const string Insert = """
        INSERT INTO signatures (id, campaign_id, state, hold_reason, country, line_country, locale,
                                disclosure, disclosed_at, updates, text_hash, privacy_version,
                                blind_index, folded_index, index_version, contact, person, ledger_key, commitment,
                                signed_at, confirm_expires_at, erase_by, wave)
        SELECT @id, @campaignId, 'pending', @holdReason, @country, @lineCountry, @locale,
               @disclosure, @now, @updates, @textHash, @privacyVersion,
               @blindIndex, @foldedIndex, @indexVersion, @contact, @person, @ledgerKey, @commitment,
               @now, @expiresAt, @eraseBy, @wave {batch}
        WHERE NOT EXISTS (
            SELECT 1 FROM suppressions
            WHERE campaign_id = @campaignId AND blind_index = @blindIndex AND until > @now
              AND COALESCE(retried_at, 0) <> @now)
        ON CONFLICT (campaign_id, blind_index) DO NOTHING RETURNING id
        """;

    private const string Replace = """
        UPDATE signatures
        SET hold_reason = @holdReason, wave = @wave, country = @country, line_country = @lineCountry,
            locale = @locale, disclosure = @disclosure, disclosed_at = @now, updates = @updates,
            text_hash = @textHash, privacy_version = @privacyVersion, contact = @contact, person = @person,
            ledger_key = @ledgerKey, commitment = @commitment, signed_at = @now,
            confirm_expires_at = @expiresAt, erase_by = @eraseBy,
            confirm_generation = confirm_generation + 1 {batch}
        WHERE campaign_id = @campaignId AND id = @id
        """;

    // The data is equal, so older links stay alive. A request that no limit holds ends the hold of the older one; the
    // other way round a stranger who knows the data could put the signature on hold.
    private const string Repeat = """
        UPDATE signatures SET hold_reason = @holdReason, wave = @wave, confirm_expires_at = @expiresAt {batch}
        WHERE campaign_id = @campaignId AND id = @id
        """;

    private const string RaiseManage = """
        UPDATE signatures SET manage_generation = manage_generation + 1 {batch}
        WHERE campaign_id = @campaignId AND id = @id
        """;

    /// <summary>
    /// The rows of known addresses by request id, locked until the transaction ends.
    /// </summary>
    public static Dictionary<long, SignatureRow> FindKnown(WriteTransaction write, IReadOnlyList<LookupKey> lookups) =>
        write
            .ReadEach(
                SelectKnown,
                lookups,
                static (statement, lookup) => lookup.Bind(statement),
                row => (Request: row.Long(0), Row: SignatureRow.From(row, from: 1))
            )
            .ToDictionary(found => found.Request, found => found.Row);

    /// <summary>
    /// The ids of requests whose address is suppressed in its campaign. True for an address that
    /// may be tried once more.
    /// </summary>
    public static Dictionary<long, bool> FindSuppressed(WriteTransaction write, IReadOnlyList<LookupKey> lookups) =>
        write
            .ReadEach(
                SelectSuppressed,
                lookups,
                (statement, lookup) => BindRetry(write, lookup.Bind(statement)),
                row => (Request: row.Long(0), MayRetry: row.Long(1) != 0)
            )
            .GroupBy(found => found.Request)
            .ToDictionary(found => found.Key, found => found.All(one => one.MayRetry));

    /// <summary>
    /// Lets the addresses of these requests get letters until the outcome of the next is known.
    /// Returns the requests that may go on; another process may have begun first.
    /// </summary>
    public static HashSet<long> BeginRetries(WriteTransaction write, IReadOnlyList<LookupKey> lookups) =>
        [
            .. write.ReadEach(
                BeginRetry,
                lookups,
                (statement, lookup) => BindRetry(write, lookup.Bind(statement)),
                row => row.Long(0)
            ),
        ];

    /// <summary>
    /// Inserts the requests whose address is unknown; returns their ids. A mailbox that may get no
    /// more letters gets none.
    /// </summary>
    public static IReadOnlySet<long> Add(WriteTransaction write, IReadOnlyList<AcceptedSignature> requests)
    {
        var added = write
            .ReadEach(
                Insert,
                requests,
                (statement, request) =>
                    Bind(write, statement, request.Row, request.Hold, request.Wave)
                        .Set("@blindIndex", request.Row.BlindIndex)
                        .Set("@foldedIndex", request.Row.Mailbox.Stored)
                        .Set("@indexVersion", request.Row.Index.Version),
                row => row.Long(0)
            )
            .ToHashSet();
        foreach (var (row, hold, takesLetters, _) in requests.Where(request => added.Contains(request.Row.Id)))
        {
            write.Count(
                row.CampaignId,
                row.Country,
                SignatureState.Bucket(SignatureState.Pending, hold is not null),
                1
            );
            write.CountStep(SigningStep.Signature, row.CampaignId, Ids.Moment(row.Id), row.Country, row.Provider);
            GiveConsents(write, row);
            if (takesLetters)
                Outbox.Add(
                    write,
                    row.CampaignId,
                    row.Id,
                    LetterKind.Confirm,
                    row.Locale,
                    generation: 0,
                    row.MailDomain
                );
        }
        return added;
    }

    /// <summary>
    /// Replaces pending signatures by the newest request and invalidates older links, because
    /// another person may have requested those.
    /// </summary>
    public static void ReplacePending(
        WriteTransaction write,
        IReadOnlyList<(SignatureRow Known, PreparedSignature Row, string? Hold, long? Wave, bool Extra)> replaced
    )
    {
        foreach (var (known, row, hold, wave, _) in replaced)
        {
            // If this database was restored, the published ledger may contain the replaced commitment.
            UnresolvedRemovals.Note(write, known);
            Bind(write, write.Prepare(Replace), row, hold, wave).Defer();
        }
        Consents.Remove(write, [.. replaced.Select(one => (one.Row.CampaignId, one.Row.Id))]);
        foreach (var (known, row, hold, _, extra) in replaced)
        {
            MovePending(write, known, row.Country, hold);
            GiveConsents(write, row);
            Outbox.Add(
                write,
                row.CampaignId,
                row.Id,
                LetterKind.Confirm,
                row.Locale,
                known.ConfirmGeneration + 1,
                row.MailDomain,
                extra
            );
        }
    }

    /// <summary>
    /// Mails the link of pending signatures again, for requests with the data that is stored.
    /// </summary>
    public static void RepeatPending(
        WriteTransaction write,
        IReadOnlyList<(SignatureRow Known, string? Hold, byte[]? MailDomain)> repeated
    )
    {
        foreach (var (known, hold, mailDomain) in repeated)
        {
            write
                .Prepare(Repeat)
                .Set("@campaignId", known.CampaignId)
                .Set("@id", known.Id)
                .Set("@holdReason", hold)
                .Set("@wave", hold is null ? null : known.Wave)
                .Set("@expiresAt", LinkEnd(write))
                .Defer();
            MovePending(write, known, known.Country, hold);
            Outbox.Add(
                write,
                known.CampaignId,
                known.Id,
                LetterKind.Confirm,
                known.Locale!,
                known.ConfirmGeneration,
                mailDomain
            );
        }
    }

    /// <summary>Makes the manage links of before invalid.</summary>
    public static void RaiseManageGeneration(WriteTransaction write, SignatureRow known) =>
        write.Prepare(RaiseManage).Set("@campaignId", known.CampaignId).Set("@id", known.Id).Defer();

    private static void MovePending(WriteTransaction write, SignatureRow known, string country, string? hold)
    {
        write.Count(known.CampaignId, known.Country, known.Bucket, -1);
        write.Count(known.CampaignId, country, SignatureState.Bucket(SignatureState.Pending, hold is not null), 1);
    }

    private static Statement Bind(
        WriteTransaction write,
        Statement statement,
        PreparedSignature row,
        string? hold,
        long? wave
    ) =>
        statement
            .Set("@id", row.Id)
            .Set("@campaignId", row.CampaignId)
            .Set("@holdReason", hold)
            .Set("@wave", wave)
            .Set("@country", row.Country)
            .Set("@lineCountry", row.LineCountry)
            .Set("@locale", row.Locale)
            .Set("@disclosure", row.Disclosure.Text())
            .Set("@updates", row.Updates ? 1 : 0)
            .Set("@textHash", row.TextHash)
            .Set("@privacyVersion", row.PrivacyVersion)
            .Set("@contact", row.Contact)
            .Set("@person", row.Person)
            .Set("@ledgerKey", row.LedgerKey)
            .Set("@commitment", row.Commitment)
            .Set("@now", write.Now.ToUnixTimeMilliseconds())
            .Set("@expiresAt", LinkEnd(write))
            .Set("@eraseBy", row.Retention.PromisedAt(write.Now)?.ToUnixTimeMilliseconds());

    private static Statement BindRetry(WriteTransaction write, Statement statement) =>
        statement
            .Set("@now", write.Now.ToUnixTimeMilliseconds())
            .Set("@retryBefore", (write.Now - LetterRules.RetryBounceAfter).ToUnixTimeMilliseconds());

    private static long LinkEnd(WriteTransaction write) =>
        (write.Now + LetterRules.LinkLifetime).ToUnixTimeMilliseconds();

    private static void GiveConsents(WriteTransaction write, PreparedSignature row)
    {
        Give(Consents.Sign);
        if (row.Disclosure != Disclosure.Count)
            Give(Consents.Disclose, row.Disclosure);
        if (row.Updates)
            Give(Consents.Updates);

        void Give(string purpose, Disclosure? disclosure = null) =>
            Consents.Add(
                write,
                row.CampaignId,
                row.Id,
                purpose,
                row.TextHash,
                row.PrivacyVersion,
                row.Locale,
                disclosure
            );
    }
}
