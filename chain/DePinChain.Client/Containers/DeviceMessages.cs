namespace DePinChain.Client.Containers;

/// <summary>A member of a committee asks for a device's time.</summary>
/// <param name="Job">The committee's job.</param>
public sealed record DeviceAsk(ulong Job);

/// <summary>The device is the member's for a while.</summary>
/// <param name="Session">What each further request names; nobody else knows it.</param>
public sealed record DeviceGrant(string Session);
