using Campaigns.Api.Http;
using Campaigns.Db.SignIn;

namespace Campaigns.Api.StaffConsole.SignIn;

/// <summary>No letter reaches an administrator.</summary>
internal sealed class AdministratorAddressWarning(AddressStore addresses) : IWarning
{
    public string Name => "administrators";

    public string? Find() =>
        addresses.ReachesAdministrator()
            ? null
            : "no administrator has a confirmed e-mail address, so that no letter reaches one";
}
