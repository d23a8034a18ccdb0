using Campaigns.Db;

namespace Campaigns.Worker.Mail.Folder;

/// <summary>Where the transport <c>folder</c> writes its letters.</summary>
public static class MailFolder
{
    /// <summary>A full path. The folder may not exist yet.</summary>
    public static string In(InstallationRoot root, DataOptions data) =>
        Path.Combine(root.Resolve(data.Directory), "mail");
}
