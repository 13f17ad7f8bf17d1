using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace DePinChain.Modules.Generators;

/// <summary>Every diagnostic of the generator and the analyzer.</summary>
internal static class Rules
{
    public static readonly DiagnosticDescriptor Float = Rule(
        "DPC0001", "Floating point in a kernel", "{0} is not exact on every machine: use integers, Amount, or a fraction of two integers");

    public static readonly DiagnosticDescriptor DuplicateSlot = Rule(
        "DPC0101", "Duplicate slot", "Slot {0} is taken by {1}; a slot number is used once in a module and its parts");

    public static readonly DiagnosticDescriptor DuplicateSelector = Rule(
        "DPC0102", "Duplicate selector",
        "{0} has the selector of {1}; rename one, or let one end (Until) at the fork where the other begins (Since)");

    public static readonly DiagnosticDescriptor UnsupportedType = Rule("DPC0103", "Unsupported ABI type", "{0}: {1}");

    public static readonly DiagnosticDescriptor FloatInAbi = Rule(
        "DPC0104", "Floating point in the ABI",
        "{0} is floating point, which neither the ABI nor the state has: use an integer of a named unit");

    public static readonly DiagnosticDescriptor MutableField = Rule(
        "DPC0105", "Mutable field in a module",
        "{0} would survive a revert: state lies in [Slot] collections, a module holds nothing else");

    public static readonly DiagnosticDescriptor MissingDocs = Rule(
        "DPC0106", "Missing documentation", "{0} has no <summary>: explorers and wallets show it to users");

    public static readonly DiagnosticDescriptor FunctionShape = Rule("DPC0107", "Function of the wrong form", "{0} {1}");

    public static readonly DiagnosticDescriptor SlotShape = Rule("DPC0108", "Slot of the wrong form", "{0} {1}");

    public static readonly DiagnosticDescriptor ModuleShape = Rule("DPC0109", "Module of the wrong form", "{0} {1}");

    public static readonly DiagnosticDescriptor MessageShape = Rule("DPC0110", "Event or error of the wrong form", "{0} {1}");

    public static readonly DiagnosticDescriptor ParameterShape = Rule("DPC0111", "Governed parameter of the wrong form", "{0} {1}");

    private static readonly Dictionary<string, DiagnosticDescriptor> ById = new[]
    {
        Float, DuplicateSlot, DuplicateSelector, UnsupportedType, FloatInAbi, MutableField, MissingDocs, FunctionShape, SlotShape,
        ModuleShape, MessageShape, ParameterShape,
    }.ToDictionary(rule => rule.Id);

    public static DiagnosticDescriptor Of(string id) => ById[id];

    private static DiagnosticDescriptor Rule(string id, string title, string message) =>
        new(id, title, message, "DePinChain.Modules", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
