using DePinChain.Engine;

namespace DePinChain.Node.Homes;

/// <summary>What a check-up found.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Code">Success, or what the check-up exits with if nothing is worse.</param>
/// <param name="IsWarning">Worth knowing, and no reason for another exit code.</param>
/// <param name="Text">What was found, and what to do about it.</param>
internal sealed record Finding(string Check, ExitCode Code, bool IsWarning, string Text)
{
    public string Verdict => Code != ExitCode.Success ? "fail" : IsWarning ? "warn" : "ok";

    public static Finding Good(string check, string text) => new(check, ExitCode.Success, IsWarning: false, text);

    public static Finding Odd(string check, string text) => new(check, ExitCode.Success, IsWarning: true, text);

    public static Finding Bad(string check, ExitCode code, string text) => new(check, code, IsWarning: false, text);
}
