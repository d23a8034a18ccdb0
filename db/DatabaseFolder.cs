using Campaigns.Db.Files;

namespace Campaigns.Db;

/// <summary>The folders of a database.</summary>
/// <param name="Data">The folder of the journal and of the embedded database.</param>
/// <param name="Keys">The folder of the keys.</param>
/// <param name="OldTokensVerifyFor">See <see cref="KeysOptions"/>.</param>
internal sealed record DatabaseFolder(string Data, string Keys, TimeSpan OldTokensVerifyFor)
{
    public Journal OpenJournal() => new(Data);
}
