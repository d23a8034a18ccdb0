using System.ComponentModel.DataAnnotations;

namespace Campaigns.Db;

/// <summary>Where the product's files are found. Relative paths in settings are relative to this folder.</summary>
public sealed record InstallationRoot(string Path)
{
    /// <summary>The folder above the binary that holds <c>Campaign.sln</c>; the binary's own folder where there is none.</summary>
    public static InstallationRoot Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Campaign.sln"))) return new(folder.FullName);
        }
        return new(AppContext.BaseDirectory);
    }

    public string Resolve(string path) => System.IO.Path.GetFullPath(path, Path);
}

/// <summary>Section <c>Data</c>: the folder with the SQLite file, the mail folder, packets and the journal.</summary>
public sealed class DataOptions
{
    [Required]
    public string Directory { get; set; } = "data";
}

/// <summary>Section <c>Keys</c>.</summary>
public sealed class KeysOptions
{
    [Required]
    public string Directory { get; set; } = "data/keys";
}

/// <summary>Section <c>Database</c>.</summary>
public sealed class DatabaseOptions
{
    public const string Sqlite = "sqlite";

    [Required]
    public string Provider { get; set; } = Sqlite;

    public string? ConnectionString { get; set; }
}
