// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"
#include "ns3/m3-traffic-classes.h"

namespace ns3::m3
{

namespace
{

void CheckNotEmpty(std::string_view name, std::string_view text)
{
    if (text.empty())
    {
        throw InputError(std::string(name) + ": is empty");
    }
}

} // namespace

ClassSet ParseClassSet(std::string_view name, std::string_view text)
{
    uint32_t classes = 0;
    CheckNotEmpty(name, text);
    if (text != "none")
    {
        for (const std::string& one : SplitList(text))
        {
            classes |= 1U << ParseCount(name, one, 0, PRIORITY_CLASSES - 1);
        }
    }
    return static_cast<ClassSet>(classes);
}

std::string ClassSetText(ClassSet classes)
{
    std::string text;
    for (uint32_t priority = 0; priority < PRIORITY_CLASSES; priority++)
    {
        if (HasClass(classes, priority))
        {
            text += (text.empty() ? "" : ",") + std::to_string(priority);
        }
    }
    return text.empty() ? "none" : text;
}

ClassWeights ParseClassWeights(std::string_view name, std::string_view text)
{
    ClassWeights weights;
    CheckNotEmpty(name, text);
    if (text == "equal")
    {
        return weights;
    }
    for (const std::string& one : SplitList(text))
    {
        const std::vector<std::string> parts = SplitList(one, ':');
        if (parts.size() != 2)
        {
            throw InputError(std::string(name) + ": '" + one + "' is not CLASS:WEIGHT, as in 5:2");
        }
        weights.Set(static_cast<uint32_t>(ParseCount(name, parts[0], 0, PRIORITY_CLASSES - 1)),
                    ParseCount(name, parts[1], 1, ClassWeights::MAX_WEIGHT));
    }
    return weights;
}

std::string ClassWeightsText(ClassWeights weights)
{
    std::string text;
    for (uint32_t priority = 0; priority < PRIORITY_CLASSES; priority++)
    {
        if (weights.Of(priority) != 1)
        {
            text += (text.empty() ? "" : ",") + std::to_string(priority) + ":" + std::to_string(weights.Of(priority));
        }
    }
    return text.empty() ? "equal" : text;
}

} // namespace ns3::m3
