using Campaigns.Db.Files;
using Campaigns.Db.Journals;

namespace Campaigns.Db.Operations;

/// <summary>The journal of a data folder, with the name of the machine that writes it.</summary>
public static class JournalFolder
{
    /// <summary>Copies it into another folder, also while it is written.</summary>
    public static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from))
        {
            var name = Path.GetFileName(file);
            if (JournalFile.IsWritten(name) || name == InstallationId.FileName)
                File.Copy(file, Path.Combine(to, name));
        }
    }
}
