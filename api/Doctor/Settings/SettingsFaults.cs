namespace Campaigns.Api.Doctor.Settings;

/// <summary>Settings that were wrong before the services could be made.</summary>
internal sealed class SettingsFaults
{
    public List<string> Found { get; } = [];
}
