namespace Campaigns.Db;

/// <summary>The folders of a database.</summary>
/// <param name="Data">The folder of the journal and of the embedded database.</param>
/// <param name="Keys">The folder of the keys.</param>
/// <param name="OldTokensVerifyFor">See <see cref="KeysOptions"/>.</param>
/// <param name="WithoutJournal">True to open the database although lines of its journal are
/// lost.</param>
internal sealed record DatabaseFolder(string Data, string Keys, TimeSpan OldTokensVerifyFor, bool WithoutJournal);
