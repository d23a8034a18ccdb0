using Campaigns.Db.Subscribers;
using Campaigns.Sendings;
using Dapper;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Sendings;

/// <summary>
/// Deletes the letters of sendings that ended long ago. Their figures stay with the sending.
/// </summary>
public sealed class SendingRetention(Database database, IOptions<SubscriberOptions> options, TimeProvider time)
{
    // Small, because signers wait behind each delete.
    private const int PageSize = 1000;

    private const string SelectEnded = $"""
        SELECT update_id FROM sendings
        WHERE state IN ('{SendingState.Sent}', '{SendingState.Cancelled}') AND ended_at <= @by
          AND EXISTS (SELECT 1 FROM update_letters l WHERE l.update_id = sendings.update_id)
        ORDER BY update_id
        """;

    private const string KeepFigures =
        "UPDATE sendings SET done = @Done, failed = @Failed WHERE update_id = @updateId AND done IS NULL";

    private const string DeletePage = """
        DELETE FROM update_letters WHERE id IN (
            SELECT id FROM update_letters WHERE update_id = @updateId LIMIT @PageSize)
        """;

    /// <summary>Does everything that is due. Repeatable, and stops between two steps.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var updateId in FindEnded())
        {
            while (await DeleteAsync(updateId, cancellationToken) == PageSize)
                cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private List<long> FindEnded()
    {
        using var connection = database.Read();
        return [.. connection.Query<long>(SelectEnded, new { by = time.UtcNow() - options.Value.KeepLettersFor })];
    }

    private Task<int> DeleteAsync(long updateId, CancellationToken cancellationToken) =>
        database.Writes.RunAsync(
            write =>
            {
                // A cancelled sending may have begun again since.
                var row = SendingTable.Find(write, updateId);
                if (row?.State is not (SendingState.Sent or SendingState.Cancelled))
                    return 0;
                var letters = SendingTable.Count(write.Connection, updateId);
                write.Connection.Execute(
                    KeepFigures,
                    new
                    {
                        updateId,
                        letters.Done,
                        letters.Failed,
                    }
                );
                return write.Connection.Execute(DeletePage, new { updateId, PageSize });
            },
            cancellationToken
        );
}
