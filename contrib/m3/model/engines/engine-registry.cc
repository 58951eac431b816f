// SPDX-License-Identifier: GPL-2.0-only
#include "built-in-engines.h"

#include "ns3/m3-input-error.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace ns3::m3
{

namespace
{

std::vector<EngineEntry> BuiltInEngines()
{
    std::vector<EngineEntry> all;
    for (const auto engines : BUILT_IN_ENGINES)
    {
        for (EngineEntry& entry : engines())
        {
            all.push_back(std::move(entry));
        }
    }
    return all;
}

std::vector<EngineEntry>& Registry()
{
    static std::vector<EngineEntry> entries = BuiltInEngines();
    return entries;
}

/// \return nullptr if there is none
const EngineEntry* Look(const std::string& name)
{
    const std::vector<EngineEntry>& entries = Registry();
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const EngineEntry& one) { return one.info.name == name; });
    return found == entries.end() ? nullptr : &*found;
}

const EngineEntry& Find(const std::string& name)
{
    const EngineEntry* entry = Look(name);
    if (!entry)
    {
        throw InputError("unknown engine '" + name + "'; there are " + EngineNames());
    }
    return *entry;
}

} // namespace

void RegisterEngine(EngineEntry entry)
{
    if (entry.info.name.empty() || Look(entry.info.name))
    {
        throw InputError("an engine needs a name of its own, not '" + entry.info.name + "'");
    }
    if (entry.info.role != EngineRole::NONE)
    {
        throw InputError("the engine '" + entry.info.name + "' takes a role that another engine has");
    }
    Registry().push_back(std::move(entry));
}

std::vector<EngineInfo> RegisteredEngines()
{
    std::vector<EngineInfo> engines;
    for (const EngineEntry& entry : Registry())
    {
        engines.push_back(entry.info);
    }
    return engines;
}

std::string EngineNames()
{
    std::string names;
    for (const EngineEntry& entry : Registry())
    {
        names += (names.empty() ? "" : ", ") + entry.info.name;
    }
    return names;
}

EngineInfo FindEngine(const std::string& name)
{
    return Find(name).info;
}

std::string EngineOfRole(EngineRole role)
{
    const std::vector<EngineEntry>& entries = Registry();
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const EngineEntry& one) { return one.info.role == role; });
    assert(role != EngineRole::NONE && found != entries.end());
    return found->info.name;
}

std::string EnginesWithRoles()
{
    std::string names;
    for (const EngineEntry& entry : Registry())
    {
        if (entry.info.role != EngineRole::NONE)
        {
            names += (names.empty() ? "" : ",") + entry.info.name;
        }
    }
    return names;
}

std::unique_ptr<Engine> MakeEngine(const std::string& name)
{
    const EngineEntry entry = Find(name);
    std::unique_ptr<Engine> engine = entry.make(entry.info);
    for (const auto& [option, text] : entry.info.fixed)
    {
        engine->Set(option, text);
    }
    return engine;
}

void AddEngineOptions(ProgramOptions& program,
                      const EngineOptions& defaults,
                      const std::function<void(const std::string& option, const std::string& text)>& set)
{
    for (const EngineEntry& entry : Registry())
    {
        const std::unique_ptr<Engine> engine = entry.make(entry.info);
        for (const ProgramOptions::Option& option : engine->Options().All())
        {
            if (program.Has(option.name))
            {
                continue;
            }
            const auto own = std::find_if(defaults.rbegin(),
                                          defaults.rend(),
                                          [&](const auto& one) { return one.first == option.name; });
            program.AddParsed(option.name,
                              option.help,
                              option.placeholder,
                              own == defaults.rend() ? option.defaultText : own->second,
                              [set, name = option.name](auto, auto text) { set(name, std::string(text)); });
        }
    }
}

Engine& EngineSet::Get(const std::string& name)
{
    std::unique_ptr<Engine>& engine = m_engines[name];
    if (!engine)
    {
        std::unique_ptr<Engine> made = MakeEngine(name);
        for (const auto& [option, text] : m_options)
        {
            if (made->Has(option))
            {
                made->Set(option, text);
            }
        }
        engine = std::move(made);
    }
    return *engine;
}

void EngineSet::Set(const std::string& option, const std::string& text)
{
    bool isKnown = false;
    for (const EngineInfo& info : RegisteredEngines())
    {
        Engine& engine = Get(info.name);
        if (engine.Has(option))
        {
            engine.Set(option, text);
            isKnown = true;
        }
    }
    if (!isKnown)
    {
        throw InputError("no engine has an option '" + option + "'");
    }
    m_options.emplace_back(option, text);
}

} // namespace ns3::m3
