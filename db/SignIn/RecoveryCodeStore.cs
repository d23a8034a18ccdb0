using Dapper;

namespace Campaigns.Db.SignIn;

/// <summary>
/// The recovery codes of members, each for one sign-in without the second factor. Only their hashes
/// are stored, which is enough for codes of 50 random bits with a limit on tries.
/// </summary>
public sealed class RecoveryCodeStore(Database database)
{
    private const string Insert = "INSERT INTO staff_recovery_codes (staff_id, code_hash) VALUES (@staffId, @hash)";

    private const string Use = "DELETE FROM staff_recovery_codes WHERE staff_id = @staffId AND code_hash = @hash";

    /// <summary>How many codes a member has left.</summary>
    public int Count(long staffId)
    {
        using var connection = database.Read();
        return (int)
            connection.QuerySingle<long>(
                "SELECT count(*) FROM staff_recovery_codes WHERE staff_id = @staffId",
                new { staffId }
            );
    }

    /// <summary>Replaces the codes of a member.</summary>
    public Task ReplaceAsync(long staffId, IReadOnlyCollection<string> codes) =>
        database.Writes.RunAsync(write =>
        {
            write.Connection.Execute("DELETE FROM staff_recovery_codes WHERE staff_id = @staffId", new { staffId });
            return write.Connection.Execute(Insert, codes.Select(code => new { staffId, hash = Hash(staffId, code) }));
        });

    /// <summary>Uses a code up; false if the member has no such code.</summary>
    public Task<bool> UseAsync(long staffId, string code) =>
        database.Writes.RunAsync(write =>
            write.Connection.Execute(Use, new { staffId, hash = Hash(staffId, code) }) == 1
        );

    private static byte[] Hash(long staffId, string code) => Staff.RandomToken.Hash($"{Ids.Text(staffId)} {code}");
}
