using Campaigns.Db.Engine;
using Dapper;

namespace Campaigns.Db.Staff;

/// <summary>
/// Runs a request that creates something once per key. The answer is stored in the transaction that
/// creates the thing, so a crash leaves both or neither.
/// </summary>
public sealed class IdempotencyStore(Database database, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    // An expired row that the job has not deleted yet is reused. On PostgreSQL the insert waits for a concurrent
    // request with the same key.
    private const string Claim = """
        INSERT INTO idempotency_keys (staff_id, key_hash, request_hash, created_at)
        VALUES (@StaffId, @KeyHash, @RequestHash, @now)
        ON CONFLICT (staff_id, key_hash) DO UPDATE SET
            request_hash = excluded.request_hash, created_at = excluded.created_at,
            status = NULL, location = NULL, etag = NULL, body = NULL
        WHERE idempotency_keys.created_at <= @expired
        """;

    private const string Select = """
        SELECT request_hash, status, location, etag, body FROM idempotency_keys
        WHERE staff_id = @StaffId AND key_hash = @KeyHash AND created_at > @expired
        """;

    private const string Store = """
        UPDATE idempotency_keys SET status = @Status, location = @Location, etag = @ETag, body = @Body
        WHERE staff_id = @StaffId AND key_hash = @KeyHash
        """;

    private const string Unclaim = "DELETE FROM idempotency_keys WHERE staff_id = @StaffId AND key_hash = @KeyHash";

    /// <summary>
    /// The stored answer, or the refusal of a key that was used for another request. Null for a new
    /// key.
    /// </summary>
    public Outcome<CreatedAnswer>? Find(IdempotencyKey key)
    {
        using var connection = database.Read();
        return connection
            .QuerySingleOrDefault<AnswerRow>(
                Select,
                new
                {
                    key.StaffId,
                    key.KeyHash,
                    expired = Expiry(time.UtcNow()),
                }
            )
            ?.ToAnswer(key);
    }

    /// <summary>
    /// Creates something and stores the answer under the key, or returns the stored answer. A
    /// refusal is not stored. Without a key it only creates.
    /// </summary>
    public Task<Outcome<CreatedAnswer>> RunAsync(
        IdempotencyKey? key,
        Func<WriteTransaction, Outcome<CreatedAnswer>> create
    ) =>
        key is null ? database.Writes.RunAsync(create) : database.Writes.RunAsync(write => RunOnce(write, key, create));

    /// <summary>Deletes the expired answers.</summary>
    public Task ForgetAsync(CancellationToken cancellation) =>
        database.Writes.RunAsync(
            write =>
                write.Connection.Execute(
                    "DELETE FROM idempotency_keys WHERE created_at <= @expired",
                    new { expired = Expiry(write.Now) }
                ),
            cancellation
        );

    private static Outcome<CreatedAnswer> RunOnce(
        WriteTransaction write,
        IdempotencyKey key,
        Func<WriteTransaction, Outcome<CreatedAnswer>> create
    )
    {
        var claim = new
        {
            key.StaffId,
            key.KeyHash,
            key.RequestHash,
            now = write.Now.ToUnixTimeMilliseconds(),
            expired = Expiry(write.Now),
        };
        if (write.Connection.Execute(Claim, claim) == 0)
            return write.Connection.QuerySingle<AnswerRow>(Select, claim).ToAnswer(key);
        var outcome = create(write);
        if (outcome.Value is { } answer)
            write.Connection.Execute(
                Store,
                new
                {
                    key.StaffId,
                    key.KeyHash,
                    answer.Status,
                    answer.Location,
                    answer.ETag,
                    answer.Body,
                }
            );
        else
            write.Connection.Execute(Unclaim, claim);
        return outcome;
    }

    private static long Expiry(DateTimeOffset now) => (now - Lifetime).ToUnixTimeMilliseconds();

    private sealed class AnswerRow
    {
        public required byte[] RequestHash { get; init; }
        public required long Status { get; init; }
        public required string Location { get; init; }
        public required string? Etag { get; init; }
        public required byte[] Body { get; init; }

        public Outcome<CreatedAnswer> ToAnswer(IdempotencyKey key) =>
            RequestHash.AsSpan().SequenceEqual(key.RequestHash)
                ? new CreatedAnswer((int)Status, Location, Etag, Body)
                : Refusal.IdempotencyKeyReused;
    }
}
