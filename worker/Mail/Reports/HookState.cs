namespace Campaigns.Worker.Mail.Reports;

/// <summary>Whether a message of a provider is believed.</summary>
public enum HookState
{
    /// <summary>No setting names the provider.</summary>
    SwitchedOff,

    /// <summary>It does not prove where it comes from.</summary>
    Forged,

    /// <summary>The provider sent it.</summary>
    Genuine,

    /// <summary>
    /// Amazon asks to confirm the subscription of the topic, which is done by hand.
    /// </summary>
    Subscription,
}
