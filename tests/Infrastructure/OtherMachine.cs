using Campaigns.Db.Files;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// A machine beside that of a fixture: an empty data folder, and copies of its keys.
/// </summary>
internal static class OtherMachine
{
    /// <summary>
    /// Makes the machine and does not start it. On PostgreSQL both use one database. The folder is
    /// within that of <paramref name="one"/>, which deletes it.
    /// </summary>
    public static CampaignFixture Of(CampaignFixture one, string name = "other")
    {
        var folder = Path.Combine(one.Folder, name);
        var machine = new CampaignFixture(one.MinBatch, folder, one.Clock);
        PrivateFiles.CreateFolder(machine.Data);
        var keys = Path.Combine(folder, "keys");
        PrivateFiles.CreateFolder(keys);
        foreach (var key in Directory.GetFiles(Path.Combine(one.Folder, "keys")))
            File.Copy(key, Path.Combine(keys, Path.GetFileName(key)));
        if (DatabaseUnderTest.IsPostgres)
            DatabaseUnderTest.Assign(machine.Data, DatabaseUnderTest.Options(one.Data).ConnectionString!);
        return machine;
    }
}
