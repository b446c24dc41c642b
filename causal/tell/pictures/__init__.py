"""Pictures, drawn by the library itself: no program is started for them and nothing is fetched.

    module        draws                                                       as
    dag           the causal graph, with bars of probability                  SVG, PNG
    words         the causal graph                                            text of 80 columns, a description
    forest        every point of divergence, for the panel and by expert      Matplotlib figure
    densities     one answer, by expert and for the panel                     Matplotlib figure
    fits          a judgement: what was stated and what is implied            Matplotlib figure
    figure        (a Matplotlib figure)                                       accessible SVG, PNG

Import from the module: this one loads nothing, so that the words do without Matplotlib.
"""
