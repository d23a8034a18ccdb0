using Campaigns.Db.Files;

namespace Campaigns.Tests.Infrastructure;

/// <summary>A key file as an operator copies it: only its owner can read it.</summary>
internal static class KeyFile
{
    public static void Write(string path, byte[] key)
    {
        using var file = PrivateFiles.Open(path, FileMode.Create, FileAccess.Write);
        file.Write(key);
    }
}
