"""Who changes a variable, when, and is it saved?"""
