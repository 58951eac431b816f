// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_STRATEGY_REGISTRY_H
#define M3_STRATEGY_REGISTRY_H

#include "ns3/m3-input-error.h"
#include "ns3/m3-parameters.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-config
 * The strategies of one kind, by type and by name: those of the module, then those that were added.
 * \tparam Description has `type`, `name`, `make` and `parameters`; the type's REGISTERED is the first of those that are
 * added
 */
template <typename Description>
class StrategyRegistry
{
  public:
    using Type = decltype(Description::type); //!< its enumeration

    /// Takes the strategies of the module. \param kind in messages, as in "load balancing"
    StrategyRegistry(std::string kind, const std::vector<Description>& builtIn)
        : m_kind(std::move(kind)),
          m_all(builtIn.begin(), builtIn.end())
    {
    }

    /// Returns all of them.
    const std::deque<Description>& All() const
    {
        return m_all;
    }

    /// Returns the strategy of a type. \throws InputError for an unknown one
    const Description& Of(Type type) const
    {
        const auto found =
            std::find_if(m_all.begin(), m_all.end(), [type](const Description& one) { return one.type == type; });
        if (found == m_all.end())
        {
            throw InputError("unknown " + m_kind + " " + std::to_string(static_cast<int>(type)));
        }
        return *found;
    }

    /// Returns the type of a name. \throws InputError that lists the names
    Type Parse(const std::string& name) const
    {
        std::string names;
        for (const Description& one : m_all)
        {
            if (one.name == name)
            {
                return one.type;
            }
            names += (names.empty() ? "" : ", ") + one.name;
        }
        throw InputError("unknown " + m_kind + " '" + name + "'; there are " + names);
    }

    /// Adds a strategy. \return its type \throws InputError if its name is taken or empty, or it makes nothing
    Type Add(Description one)
    {
        const auto sameName = [&one](const Description& known) { return known.name == one.name; };
        if (std::any_of(m_all.begin(), m_all.end(), sameName))
        {
            throw InputError("there is a " + m_kind + " " + one.name + " already");
        }
        const auto added = std::count_if(m_all.begin(),
                                         m_all.end(),
                                         [](const Description& known) { return known.type >= Type::REGISTERED; });
        if (!one.make || one.name.empty() || added + static_cast<int>(Type::REGISTERED) > UINT8_MAX)
        {
            throw InputError(m_kind + " " + one.name + " cannot be registered");
        }
        one.type = static_cast<Type>(static_cast<int>(Type::REGISTERED) + added);
        m_all.push_back(std::move(one));
        return m_all.back().type;
    }

    /// Returns values and names, as a parameter lists them.
    std::vector<ParameterChoice> Choices() const
    {
        std::vector<ParameterChoice> choices;
        for (const Description& one : m_all)
        {
            choices.push_back({static_cast<uint64_t>(one.type), one.name});
        }
        return choices;
    }

  private:
    std::string m_kind;
    std::deque<Description> m_all;
};

} // namespace ns3::m3

#endif // M3_STRATEGY_REGISTRY_H
