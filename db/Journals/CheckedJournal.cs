using Campaigns.Db.Files;

namespace Campaigns.Db.Journals;

/// <summary>A data folder whose journal has everything that its database knows.</summary>
/// <param name="Folder">The data folder.</param>
/// <param name="Installation">The id of the machine.</param>
/// <param name="Scan">What the folder has.</param>
/// <param name="IsNew">True when the database knows other machines only.</param>
internal sealed record CheckedJournal(string Folder, string Installation, JournalScan Scan, bool IsNew)
{
    public Journal Open() => new(Folder, Installation, Scan);
}
