// Records need this type, which netstandard2.0 lacks; the compiler finds it by its name and namespace.
namespace System.Runtime.CompilerServices;

internal static class IsExternalInit;
