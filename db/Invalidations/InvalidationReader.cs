using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Campaigns.Db.Signatures;
using Campaigns.Invalidations;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Invalidations;

/// <summary>
/// Reads the signatures that a bulk invalidation covers, a page at a time in order of their ids.
/// Addresses are decrypted page by page where a mail domain is a condition.
/// </summary>
public sealed class InvalidationReader(Database database, SignatureEncryption encryption)
{
    private static readonly string _selectPage = $"""
        SELECT {SignatureRow.Columns} FROM signatures
        WHERE campaign_id = @campaignId AND id > @after AND contact IS NOT NULL AND signed_at <= @asOf
          AND {SqlCondition.IsOneOf("state", InvalidationConditions.PossibleStates)}
        """;

    /// <summary>
    /// The covered signatures among the next <paramref name="size"/> ones after an id that the
    /// database can tell from their columns.
    /// </summary>
    internal CoveredPage Read(Invalidation invalidation, long after, int size)
    {
        List<SignatureRow> rows;
        using (var connection = database.Read())
            rows = connection.Query<SignatureRow>(Select(invalidation, after, size, out var values), values).AsList();
        return new CoveredPage(
            [.. rows.Where(row => IsCovered(invalidation, row) && HasDomain(invalidation.MailDomain, row))],
            rows.Count == size ? rows[^1].Id : null
        );
    }

    /// <summary>
    /// True if a signature still meets the conditions. Its mail domain cannot have changed since it
    /// was signed.
    /// </summary>
    internal static bool IsCovered(Invalidation invalidation, SignatureRow row) =>
        row.SignedAt is { } signedAt
        && invalidation.Conditions.Covers(
            new CoveredSignature(
                row.Phase,
                row.Country,
                row.HoldReason,
                row.Wave,
                Instant.FromMilliseconds(signedAt),
                row.ConfirmedAt is { } confirmed ? Instant.FromMilliseconds(confirmed) : null,
                row.UndoneAt is { } restored ? Instant.FromMilliseconds(restored) : null
            ),
            invalidation.RequestedAt
        );

    // The conditions that an index or a scan can tell; IsCovered decides.
    private static string Select(Invalidation invalidation, long after, int size, out DynamicParameters values)
    {
        var conditions = invalidation.Conditions;
        var sql = new StringBuilder(_selectPage);
        values = new DynamicParameters(
            new
            {
                campaignId = invalidation.CampaignId,
                after,
                size,
                asOf = invalidation.RequestedAt.ToUnixTimeMilliseconds(),
                wave = conditions.Wave,
                holdReason = conditions.HoldReason,
                from = conditions.SignedFrom?.ToUnixTimeMilliseconds(),
                to = conditions.SignedTo?.ToUnixTimeMilliseconds(),
            }
        );
        if (conditions.Wave is not null)
            sql.Append(" AND wave = @wave");
        if (conditions.HoldReason is not null)
            sql.Append(" AND hold_reason = @holdReason");
        if (conditions.SignedFrom is not null)
            sql.Append(" AND signed_at >= @from");
        if (conditions.SignedTo is not null)
            sql.Append(" AND signed_at < @to");
        AddList(sql, values, "country", conditions.Countries);
        AddList(sql, values, "state", conditions.States);
        return sql.Append(" ORDER BY id LIMIT @size").ToString();
    }

    private static void AddList(
        StringBuilder sql,
        DynamicParameters values,
        string column,
        IReadOnlyList<string>? allowed
    )
    {
        if (allowed is null)
            return;
        var names = allowed.Index().Select(one =>
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{column}{one.Index}");
            values.Add(name, one.Item);
            return $"@{name}";
        });
        sql.Append(CultureInfo.InvariantCulture, $" AND {column} IN ({string.Join(", ", names)})");
    }

    // A damaged row has no domain that could be compared.
    private bool HasDomain(string? domain, SignatureRow row)
    {
        if (domain is null)
            return true;
        try
        {
            return EmailAddress.DomainOf(encryption.DecryptContact(row.Id, row.Contact!).Normalised) == domain;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}

/// <summary>A page of covered signatures.</summary>
/// <param name="Rows">The covered ones.</param>
/// <param name="Last">The id after which the next page begins; null at the end.</param>
internal sealed record CoveredPage(IReadOnlyList<SignatureRow> Rows, long? Last);
