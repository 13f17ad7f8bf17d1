namespace DePinChain.Explorer.Chain;

/// <summary>Which page shows an object of a module.</summary>
public static class ObjectPages
{
    /// <summary>The object's own page; null when it has none.</summary>
    public static string? Find(string module, string parameter, string value) => (module, parameter) switch
    {
        ("storageMarket", "providerId") or ("dataSets", "providerId") => $"/storage/providers/{value}",
        ("dataSets", "setId") => $"/dataset/{value}",
        ("storageMarket", "containerId") => $"/dataset/{value}",
        ("computeMarket", "order") => $"/order/{value}",
        ("computeMarket", "lease") => $"/lease/{value}",
        ("computeMarket", "provider") => $"/provider/{value}",
        ("devices", "device") => $"/device/{value}",
        ("escrow", "account") => $"/escrow/{value}",
        ("staking", "validator") => $"/validator/{value}",
        ("attestations", "job") => $"/job/{value}",
        ("clusters", "cluster") => $"/cluster/{value}",
        ("clusters", "device") => $"/device/{value}",
        ("governance", "id") => $"/proposal/{value}",
        ("render", "job") => $"/render/{value}",
        ("subnets", "netuid") => $"/subnet/{value}",
        _ => null,
    };

    /// <summary>The object's own page, or all events that name it.</summary>
    public static string Of(string module, string parameter, string value) => Find(module, parameter, value)
        ?? $"/events?module={Escape(module)}&parameter={Escape(parameter)}&object={Escape(value)}";

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
