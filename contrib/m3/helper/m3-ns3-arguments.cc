// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-ns3-arguments.h"

#include "core/text-format.h"
#include "ns3/command-line.h"
#include "ns3/config.h"
#include "ns3/global-value.h"
#include "ns3/string.h"
#include "ns3/type-id.h"

#include <algorithm>
#include <array>

namespace ns3::m3
{

namespace
{

constexpr const char* NS3_HELP =
    "\nns-3's own:\n"
    "  --RngRun=N, --RngSeed=N   another replication, with other flows, marks, losses, samples\n"
    "  --NAME=VALUE              set a global value\n"
    "  --TYPE::ATTRIBUTE=VALUE   set the default of an attribute, TYPE as in ns3::m3::RdmaNetwork\n"
    "  --PrintGlobals            list global values\n"
    "  --PrintGroups             list groups of types\n"
    "  --PrintGroup=GROUP        list the types of a group\n"
    "  --PrintTypeIds            list types\n"
    "  --PrintAttributes=TYPE    list the attributes of a type\n"
    "  --PrintVersion            print the version of ns-3\n";

/// Refuses numbers that ns-3 would end the program for. \throws InputError
void CheckNs3Number(const std::string& option, const std::string& text, const AttributeChecker& checker)
{
    const std::string type = checker.GetValueTypeName();
    if (type == "ns3::UintegerValue")
    {
        ParseUnsigned(option, text, option == "--RngSeed" ? 1 : 0);
    }
    else if (type == "ns3::IntegerValue")
    {
        ParseSigned(option, text);
    }
    else if (type == "ns3::DoubleValue")
    {
        ParseReal(option, text);
    }
    else if (type == "ns3::TimeValue")
    {
        ParseTimeNs(option, text, "s");
    }
}

/// What --NAME sets: a global value, or the default of an attribute. \return null if there is none
Ptr<const AttributeChecker> CheckerOf(const std::string& name)
{
    for (auto global = GlobalValue::Begin(); global != GlobalValue::End(); ++global)
    {
        if ((*global)->GetName() == name)
        {
            return (*global)->GetChecker();
        }
    }
    const std::size_t colons = name.rfind("::");
    TypeId type;
    TypeId::AttributeInformation attribute;
    if (colons != std::string::npos && TypeId::LookupByNameFailSafe(name.substr(0, colons), &type) &&
        type.LookupAttributeByName(name.substr(colons + 2), &attribute))
    {
        return attribute.checker;
    }
    return nullptr;
}

bool TakeNs3Argument(const std::string& name, const std::optional<std::string>& value)
{
    constexpr std::array<const char*, 6> PRINTING{"PrintGlobals",
                                                  "PrintGroups",
                                                  "PrintGroup",
                                                  "PrintTypeIds",
                                                  "PrintAttributes",
                                                  "PrintVersion"};
    if (std::find(PRINTING.begin(), PRINTING.end(), name) != PRINTING.end())
    {
        TypeId type;
        if (name == "PrintAttributes" && !TypeId::LookupByNameFailSafe(value.value_or(""), &type))
        {
            throw InputError("--PrintAttributes: " + Quoted(value.value_or("")) + " is no type; see --PrintTypeIds");
        }
        CommandLine().Parse({"", "--" + name + (value ? "=" + *value : "")}); // prints and ends the program
        return true;
    }
    const Ptr<const AttributeChecker> checker = CheckerOf(name);
    if (!checker)
    {
        return false;
    }
    const std::string option = "--" + name;
    if (!value || value->empty())
    {
        throw InputError(option + " needs a value");
    }
    CheckNs3Number(option, *value, *checker);
    if (!Config::SetGlobalFailSafe(name, StringValue(*value)) && !Config::SetDefaultFailSafe(name, StringValue(*value)))
    {
        throw InputError(option + ": " + Quoted(*value) + " is not " + checker->GetUnderlyingTypeInformation());
    }
    return true;
}

} // namespace

bool ParseArguments(ProgramOptions& options, int argc, char* argv[])
{
    options.SetOthers(TakeNs3Argument, NS3_HELP);
    return options.Parse(argc, argv);
}

} // namespace ns3::m3
