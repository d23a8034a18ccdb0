namespace Campaigns.Db;

/// <summary>
/// The folder of the product's files. Relative paths in settings are relative to it.
/// </summary>
public sealed record InstallationRoot(string Path)
{
    /// <summary>
    /// Finds the folder above the binary that contains <c>Campaign.sln</c>, or else the binary's
    /// own folder.
    /// </summary>
    public static InstallationRoot Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Campaign.sln")))
                return new(folder.FullName);
        }
        return new(AppContext.BaseDirectory);
    }

    public string Resolve(string path) => System.IO.Path.GetFullPath(path, Path);
}
