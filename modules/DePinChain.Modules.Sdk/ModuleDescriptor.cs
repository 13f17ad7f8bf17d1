using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>A module as clients see it: enough to show, call and prove it without knowing its code.</summary>
/// <param name="Name">Lower-case name.</param>
/// <param name="Address">The module's account.</param>
/// <param name="Abi">Functions, events and errors in Solidity's JSON ABI.</param>
/// <param name="StorageLayout">The slots in the JSON shape of solc's storageLayout.</param>
/// <param name="Docs">The XML comments in NatSpec's JSON shape: <c>{"userdoc": …, "devdoc": …}</c>.</param>
public sealed record ModuleDescriptor(string Name, Address Address, string Abi, string StorageLayout, string Docs);
